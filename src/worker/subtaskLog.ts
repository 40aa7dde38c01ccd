import type { LogLine } from '../host/index.ts'
import type { NodeInput } from '../plan/node.ts'
import type { Store } from '../store/index.ts'

type Line = Parameters<Store['tasks']['log']>[0][number]

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
  let waiting: Line[] = []
  let writing: Promise<void> = Promise.resolve()
  let timer: NodeJS.Timeout | undefined

  const write = async (): Promise<void> => {
    const batch = waiting
    waiting = []
    if (batch.length === 0) return
    try {
      await store.tasks.log(batch)
    } catch (error) {
      waiting = [...batch, ...waiting]
      throw error
    }
  }
  const flush = (): Promise<void> => {
    clearTimeout(timer)
    timer = undefined
    writing = writing.catch(() => undefined).then(write)
    return writing
  }
  const log: LogLine = (level, message) => {
    waiting.push({ ...subtask, at: new Date(), level, message })
    timer ??= setTimeout(() => void flush().catch(() => undefined), flushMs)
  }
  /** The line that opens a run; the store keeps that of the first attempt only. */
  const open = (opens: NodeInput['operation']): void => {
    waiting.push({ ...subtask, at: new Date(), level: 'INFO', message: '', opens })
  }
  return { open, log, flush }
}
