import { AsyncLocalStorage } from 'node:async_hooks'
import type { LogLine, Session } from '../host/index.ts'

/**
 * One attempt at a subtask, as the interceptor made it; the nodes of src/activities see it through
 * their `Node`.
 */
export interface SubtaskRun extends Session {
  readonly log: LogLine
  readonly signal: AbortSignal
  readonly progress: (message: string) => void
  /** Runs when the attempt ends, however it ends. */
  readonly atEnd: (close: () => Promise<void>) => void
}

const current = new AsyncLocalStorage<SubtaskRun>()

export const withSubtaskRun = <T>(run: SubtaskRun, work: () => Promise<T>): Promise<T> =>
  current.run(run, work)

/** The attempt that is being made; only inside an activity. */
export const subtaskRun = (): SubtaskRun => {
  const run = current.getStore()
  if (!run) throw new Error('no subtask is being run here')
  return run
}
