import type { LogLine } from '../host/index.ts'
import type { NodeInput } from '../plan/node.ts'
import type { NewLogLine, Store } from '../store/index.ts'

/** A poll of a running subtask's log shows lines this old at most. */
const flushMs = 200

/**
 * Gathers a subtask's log lines and brings them to the store in batches, in order. A store that is
 * away is tried again at the next flush.
 */
export function subtaskLog(
  store: Store,
  subtask: { readonly subtaskId: number; readonly runTime: number },
) {
  let waiting: NewLogLine[] = []
  let writing: Promise<unknown> = Promise.resolve()
  let timer: NodeJS.Timeout | undefined

  /**
   * Has the lines that wait written, behind all that were before, and gives what that gave. They
   * stay where it fails, or gives nothing.
   */
  const flushWith = <Given>(
    write: (lines: readonly NewLogLine[]) => Promise<Given | undefined>,
  ): Promise<Given | undefined> => {
    clearTimeout(timer)
    timer = undefined
    const turn = writing
      .catch(() => undefined)
      .then(async () => {
        const batch = waiting
        waiting = []
        let given: Given | undefined
        try {
          given = await write(batch)
          return given
        } finally {
          if (given === undefined) waiting = [...batch, ...waiting]
        }
      })
    writing = turn
    return turn
  }
  const flush = async (): Promise<void> => {
    await flushWith(async (lines) => {
      if (lines.length > 0) await store.tasks.log(lines)
      return true
    })
  }
  const log: LogLine = (level, message) => {
    waiting.push({ ...subtask, at: new Date(), level, message })
    timer ??= setTimeout(() => void flush().catch(() => undefined), flushMs)
  }
  /** The line that opens a run; the store keeps that of the first attempt only. */
  const open = (opens: NodeInput['operation']): void => {
    waiting.push({ ...subtask, at: new Date(), level: 'INFO', message: '', opens })
  }
  return { open, log, flush, flushWith }
}
