import type { Subtask } from '../api/types.ts'

/** Subtasks of one name that stand side by side in the DAG. */
export interface Stage {
  readonly index: number
  readonly name: string
  /** Whether it has a subtask for each of several hosts. */
  readonly wide: boolean
  /** OCP's "Wait node": it does nothing but wait for all hosts. */
  readonly join: boolean
  readonly zone: string | undefined
  readonly subtasks: readonly Subtask[]
}

/** How deep each subtask lies: one more than the deepest of its upstreams. */
function depths(subtasks: readonly Subtask[]): ReadonlyMap<number, number> {
  const byId = new Map(subtasks.map((subtask) => [subtask.id, subtask]))
  const waiting = new Map(subtasks.map(({ id, upstreams }) => [id, upstreams.length]))
  const depth = new Map<number, number>()
  const queue = subtasks.filter(({ upstreams }) => upstreams.length === 0)
  for (const subtask of queue) {
    const own = depth.get(subtask.id) ?? 0
    depth.set(subtask.id, own)
    for (const id of subtask.downstreams) {
      const next = byId.get(id)
      if (!next) continue
      depth.set(id, Math.max(depth.get(id) ?? 0, own + 1))
      const left = (waiting.get(id) ?? 0) - 1
      waiting.set(id, left)
      if (left === 0) queue.push(next)
    }
  }
  return depth
}

/** The API calls a join by its name only; in a row with one it stands between two wide stages. */
const isJoin = ({ name }: Subtask): boolean => name === 'Wait node' || name === '等待节点'

/** A task's subtasks as stages from left to right, whatever order the API lists them in. */
export function stagesOf(subtasks: readonly Subtask[]): Stage[] {
  const depth = depths(subtasks)
  const depthOf = ({ id }: Subtask): number => depth.get(id) ?? subtasks.length
  const ordered = subtasks.toSorted(
    (a, b) => depthOf(a) - depthOf(b) || a.parallelIdx - b.parallelIdx || a.id - b.id,
  )
  const groups = new Map<string, Subtask[]>()
  for (const subtask of ordered) {
    const key = `${depthOf(subtask)} ${subtask.name}`
    const group = groups.get(key)
    if (group) group.push(subtask)
    else groups.set(key, [subtask])
  }
  return [...groups.values()].flatMap((group, index) => {
    const [first] = group
    if (!first) return []
    return [
      {
        index,
        name: first.name,
        wide: first.parallelIdx >= 0,
        join: isJoin(first),
        zone: first.zone,
        subtasks: group,
      },
    ]
  })
}
