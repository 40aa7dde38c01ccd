import type { Subtask } from './taskSchema.ts'

/** Subtasks of one name that stand side by side in the DAG. */
export interface Stage {
  readonly name: string
  readonly subtasks: readonly Subtask[]
}

/** How deep each subtask lies: one more than the deepest of its upstreams. */
function depths(subtasks: readonly Subtask[]): ReadonlyMap<number, number> {
  const byId = new Map(subtasks.map((subtask) => [subtask.id, subtask]))
  const waiting = new Map(
    subtasks.map((subtask) => [subtask.id, subtask.upstreams.filter((id) => byId.has(id)).length]),
  )
  const depth = new Map<number, number>()
  const queue = subtasks.filter((subtask) => waiting.get(subtask.id) === 0)
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

/** A task's subtasks as stages in topological order, whatever order the API lists them in. */
export function stagesOf(subtasks: readonly Subtask[]): Stage[] {
  const depth = depths(subtasks)
  const depthOf = (subtask: Subtask): number => depth.get(subtask.id) ?? subtasks.length
  const ordered = subtasks.toSorted(
    (a, b) => depthOf(a) - depthOf(b) || a.parallelIdx - b.parallelIdx || a.id - b.id,
  )
  return [...Map.groupBy(ordered, (subtask) => `${depthOf(subtask)} ${subtask.name}`).values()].map(
    (group) => ({
      name: group[0]?.name ?? '',
      subtasks: group,
    }),
  )
}
