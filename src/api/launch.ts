import type { FastifyBaseLogger } from 'fastify'
import type { Store } from '../store/index.ts'

/** What the API needs of the engine. */
export interface Workflows {
  /** Starts a task's workflow; does nothing when it runs already. */
  start(run: { readonly workflow: string; readonly taskId: number }): Promise<void>
}

/**
 * Starts accepted tasks. An answer never waits for the engine: what is accepted is in the store, and `sweep` starts what a crash or an engine
 * that was away left behind.
 */
export function launcher({ store, workflows, log }: { store: Store; workflows: Workflows; log: FastifyBaseLogger }) {
  const starting = new Map<number, Promise<void>>()

  const start = async (run: { readonly workflow: string; readonly taskId: number }): Promise<void> => {
    try {
      await workflows.start(run)
      await store.tasks.markStarted(run.taskId)
    } catch (error) {
      log.warn({ err: error, taskId: run.taskId }, 'a task could not be started; it is tried again')
    } finally {
      starting.delete(run.taskId)
    }
  }

  const launch = ({ workflow, taskId }: { readonly workflow: string; readonly taskId: number }): void => {
    if (!starting.has(taskId)) starting.set(taskId, start({ workflow, taskId }))
  }

  return {
    launch,
    /** Starts every accepted task that is not known to run. */
    async sweep(): Promise<void> {
      for (const run of await store.tasks.unstarted()) launch(run)
    },
    /** Resolves when no start is under way. */
    async settled(): Promise<void> {
      while (starting.size > 0) await Promise.all(starting.values())
    },
  }
}

export type Launcher = ReturnType<typeof launcher>
