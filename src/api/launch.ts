import type { FastifyBaseLogger } from 'fastify'
import type { HostFinding } from '../plan/dryRun.ts'
import type { CreateLook, Store, Untold } from '../store/index.ts'
import type { EngineHealth } from './engineHealth.ts'
import { withoutStatement } from './withoutStatement.ts'

/** What the API needs of the engine. */
export interface Workflows {
  /** Tells Temporal that something was accepted: starts the task's workflow, or wakes it. */
  tell(task: Untold): Promise<void>
  /** Whether the task's workflow runs. Throws when Temporal is down. */
  runs(task: Pick<Untold, 'workflowId'>): Promise<boolean>
  /**
   * Looks at the hosts of a create that is only asked about. Throws when no worker does it in time.
   */
  lookAtHosts(look: CreateLook): Promise<HostFinding[]>
  /** How the engine is; never throws, and answers within about 2 s. */
  health(): Promise<EngineHealth>
}

interface Dependencies {
  readonly store: Pick<Store, 'tasks'>
  readonly workflows: Workflows
  readonly log: FastifyBaseLogger
}

/**
 * Tells Temporal of what was accepted. An answer never waits for it: what is accepted is in the
 * store, and `sweep` tells what a crash or an outage kept from being told.
 */
export function launcher({ store, workflows, log }: Dependencies) {
  const telling = new Map<number, Promise<void>>()

  const tell = async (task: Untold): Promise<void> => {
    await workflows.tell(task)
    await store.tasks.markTold(task.taskId, task.acceptedRevision)
  }

  const tellTask = async (taskId: number): Promise<void> => {
    try {
      // Again while more was accepted in the meantime.
      for (;;) {
        const task = await store.tasks.untoldOf(taskId)
        if (task === undefined) return
        await tell(task)
      }
    } catch (error) {
      log.warn({ err: withoutStatement(error), taskId }, 'Temporal could not be told of a task; retrying')
    } finally {
      telling.delete(taskId)
    }
  }

  const launch = (taskId: number): void => {
    if (!telling.has(taskId)) telling.set(taskId, tellTask(taskId))
  }

  /** Starts a run anew that Temporal no longer has, though its task is not at its end. */
  const revive = async (task: Untold): Promise<void> => {
    if (await workflows.runs(task)) return
    log.warn({ taskId: task.taskId }, 'the run of a task was gone from Temporal; started again')
    await workflows.tell(task)
  }

  return {
    /** Tells Temporal of a task, if there is something to tell. */
    launch,
    /** Tells Temporal of everything it does not know. */
    async sweep(): Promise<void> {
      for (const { taskId } of await store.tasks.untold()) launch(taskId)
    },
    /** Starts every run again that was terminated, lost or never there. */
    async reconcile(): Promise<void> {
      for (const task of await store.tasks.running()) {
        if (telling.has(task.taskId) || !task.known) continue
        await revive(task)
      }
    },
    /** Resolves when nothing is being told. */
    async settled(): Promise<void> {
      while (telling.size > 0) await Promise.all(telling.values())
    },
  }
}

export type Launcher = ReturnType<typeof launcher>
