import type { Subtask } from '../api/types.ts'
import { spanOf } from './times.ts'

/**
 * The chain that decided when the run ended: from the last subtask back, each time over the
 * upstream that ended last.
 */
export function criticalPath(subtasks: readonly Subtask[], now: number): Subtask[] {
  const byId = new Map(subtasks.map((subtask) => [subtask.id, subtask]))
  /** Of several that end at once the last. */
  const latest = (all: Iterable<Subtask | undefined>): Subtask | undefined => {
    let found: Subtask | undefined
    let last = Number.NEGATIVE_INFINITY
    for (const each of all) {
      const end = each && spanOf(each, now)?.[1]
      if (end === undefined || end < last) continue
      found = each
      last = end
    }
    return found
  }
  const path: Subtask[] = []
  for (let at = latest(subtasks); at; ) {
    path.push(at)
    at = latest(at.upstreams.map((id) => byId.get(id)))
  }
  return path.reverse()
}
