import type { Subtask } from '../api/types.ts'
import { spanOf } from './times.ts'

/**
 * The chain that decided when the run ended: from the last subtask back, each time over the
 * upstream that ended last.
 */
export function criticalPath(subtasks: readonly Subtask[], now: number): Subtask[] {
  const byId = new Map(subtasks.map((subtask) => [subtask.id, subtask]))
  const endOf = (subtask: Subtask): number => spanOf(subtask, now)?.[1] ?? Number.NEGATIVE_INFINITY
  const latest = (all: Iterable<Subtask>): Subtask | undefined => {
    let found: Subtask | undefined
    for (const each of all)
      if (endOf(each) > Number.NEGATIVE_INFINITY && (!found || endOf(each) >= endOf(found)))
        found = each
    return found
  }
  const path: Subtask[] = []
  for (let at = latest(subtasks); at; ) {
    path.unshift(at)
    const above = at.upstreams.map((id) => byId.get(id)).filter((each) => each !== undefined)
    at = latest(above)
  }
  return path
}
