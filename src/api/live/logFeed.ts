import type { LogLine, Store, Subtask } from '../../store/index.ts'
import { printLog } from '../tasks/log.ts'
import type { Feed, Told } from './feed.ts'
import { frame } from './frame.ts'

/** Lines held for those who begin to read; a longer log is told from here on. */
const maxLines = 5000
/** A reader that missed more lines is sent the whole log, in one text that readers share. */
const maxTail = 500

/**
 * The log of a subtask as it grows. The id of an event and a reader's cursor are the id of the last
 * line.
 */
export function logFeed(store: Store, taskId: number, subtaskId: number): Feed {
  let subtask: Subtask | undefined
  let traceId: string | null = null
  let lines: (LogLine & { readonly id: number })[] = []
  let ended = false

  /** All of it, made once for those who begin to read before more comes. */
  let all: Told | undefined

  const last = (): number => lines.at(-1)?.id ?? 0
  const tell = (from: 'start' | 'tail', some: typeof lines): Told => ({
    bytes: frame('log', last(), {
      from,
      log: subtask === undefined ? '' : printLog(subtask, some, traceId),
    }),
    cursor: last(),
  })
  const whole = (): Told => {
    all ??= tell('start', lines)
    return all
  }

  const since = (cursor: number): Told | undefined => {
    if (cursor >= last()) return undefined
    const first = lines[0]?.id ?? 0
    const missed = lines.filter(({ id }) => id > cursor)
    const lost = cursor < first && lines.length >= maxLines
    return lost || missed.length > maxTail ? whole() : tell('tail', missed)
  }

  return {
    async poll() {
      // Read before the lines: all lines of a run are written before its end is.
      const now = await store.tasks.subtask(taskId, subtaskId)
      if (now === undefined) return false
      const over = now.status === 'SUCCESSFUL' || (await store.tasks.isOver(taskId))
      if (subtask === undefined) traceId = await store.tasks.traceId(taskId)
      subtask = now
      const more = await store.tasks.logSince(subtaskId, last(), maxLines)
      if (more.length > 0) {
        lines = [...lines, ...more].slice(-maxLines)
        all = undefined
      }
      ended = over
      return true
    },
    whole,
    since,
    resume: (eventId) => (eventId <= last() ? (since(eventId) ?? { cursor: eventId }) : undefined),
    get lastId() {
      return last()
    },
    get ended() {
      return ended
    },
  }
}
