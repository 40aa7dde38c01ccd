import type { SubtaskStatus } from '../plan/states.ts'

/** What of a subtask says where it stands in the DAG, as the API's task has it. */
export interface Placed {
  readonly id: number
  readonly name: string
  readonly status: SubtaskStatus
  readonly operation: string
  readonly parallelIdx: number
  readonly upstreams: readonly number[]
  readonly downstreams: readonly number[]
  /** OCP's "Wait node", whatever it is called in the reader's language. */
  readonly join?: boolean | null | undefined
  readonly zone?: string | null | undefined
}

/** Subtasks of one name that stand side by side in the DAG. */
export interface Stage<Subtask extends Placed = Placed> {
  readonly index: number
  readonly name: string
  /** Whether it has a subtask for each of several hosts. */
  readonly wide: boolean
  /** Whether it does nothing but wait for all hosts. */
  readonly join: boolean
  readonly zone: string | undefined
  readonly subtasks: readonly [Subtask, ...Subtask[]]
}

/** How deep each subtask lies: one more than the deepest of its upstreams. */
function depths(subtasks: readonly Placed[]): ReadonlyMap<number, number> {
  const byId = new Map(subtasks.map((subtask) => [subtask.id, subtask]))
  const waiting = new Map(
    subtasks.map(({ id, upstreams }) => [id, upstreams.filter((each) => byId.has(each)).length]),
  )
  const depth = new Map<number, number>()
  const queue = subtasks.filter(({ id }) => waiting.get(id) === 0)
  for (const { id, downstreams } of queue) {
    const own = depth.get(id) ?? 0
    depth.set(id, own)
    for (const below of downstreams) {
      const next = byId.get(below)
      if (!next) continue
      depth.set(below, Math.max(depth.get(below) ?? 0, own + 1))
      const left = (waiting.get(below) ?? 0) - 1
      waiting.set(below, left)
      if (left === 0) queue.push(next)
    }
  }
  return depth
}

/** A task's subtasks as stages in topological order, whatever order the API lists them in. */
export function stagesOf<Subtask extends Placed>(
  subtasks: readonly Subtask[],
): readonly Stage<Subtask>[] {
  const depth = depths(subtasks)
  const depthOf = ({ id }: Placed): number => depth.get(id) ?? subtasks.length
  const ordered = subtasks.toSorted(
    (a, b) => depthOf(a) - depthOf(b) || a.parallelIdx - b.parallelIdx || a.id - b.id,
  )
  const groups = new Map<string, [Subtask, ...Subtask[]]>()
  for (const subtask of ordered) {
    const key = `${depthOf(subtask)} ${subtask.name}`
    const group = groups.get(key)
    if (group) group.push(subtask)
    else groups.set(key, [subtask])
  }
  return [...groups.values()].map((group, index) => {
    const [{ name, parallelIdx, join, zone }] = group
    return {
      index,
      name,
      wide: parallelIdx >= 0,
      join: join === true,
      zone: zone ?? undefined,
      subtasks: group,
    }
  })
}
