import type { FastifyBaseLogger } from 'fastify'
import { Refused } from '../errors/refused.ts'
import type { Ask } from '../plan/ask.ts'
import type { HostFinding } from '../plan/dryRun.ts'
import type { CreateLook, Store, Task } from '../store/index.ts'
import type { AskAnswer } from './ask.ts'
import type { EngineHealth } from './engineHealth.ts'
import { withoutStatement } from './withoutStatement.ts'

/** What the API needs of the engine. */
export interface Workflows {
  /** Starts a task's workflow; does nothing when it runs already. */
  start(run: { readonly workflow: string; readonly taskId: number }): Promise<void>
  /** Asks something of a task's run. Throws when Temporal or every worker is away. */
  ask(run: { readonly workflow: string; readonly taskId: number }, what: Ask): Promise<AskAnswer>
  /** Looks at the hosts of a create that is only asked about; `id` names this one. Throws when no worker does it in time. */
  lookAtHosts(look: CreateLook, by: { readonly id: string; readonly creator: string }): Promise<HostFinding[]>
  /** How the engine is; never throws, and answers within about 2 s. */
  health(): Promise<EngineHealth>
}

/**
 * An accepted task. One that was started before, as a clientToken sent again finds it, is left alone: once Temporal has forgotten its run, it
 * would be run anew.
 */
export interface Launch {
  readonly workflow: string
  readonly taskId: number
  readonly started?: boolean
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
      log.warn({ err: withoutStatement(error), taskId: run.taskId }, 'a task could not be started; it is tried again')
    } finally {
      starting.delete(run.taskId)
    }
  }

  const launch = ({ workflow, taskId, started = false }: Launch): void => {
    if (!started && !starting.has(taskId)) starting.set(taskId, start({ workflow, taskId }))
  }

  return {
    launch,
    /** Asks something of an accepted task, which is started first if it was not yet. Refuses with COM10004 when the engine is away. */
    async operate({ id: taskId, workflow, started }: Pick<Task, 'id' | 'workflow' | 'started'>, what: Ask): Promise<AskAnswer> {
      try {
        if (!started) await workflows.start({ workflow, taskId })
        return await workflows.ask({ workflow, taskId }, what)
      } catch (error) {
        log.warn({ err: withoutStatement(error), taskId }, 'a task could not be asked')
        throw new Refused({ code: 'COM10004', args: [`the engine of task ${taskId} did not answer; look at the task first`] })
      }
    },
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
