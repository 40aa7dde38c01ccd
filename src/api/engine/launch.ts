import type { FastifyBaseLogger } from 'fastify'
import type { HostFinding } from '../../oceanbase/index.ts'
import type { CreateLook, Store, Untold } from '../../store/index.ts'
import { withoutStatement } from '../http/withoutStatement.ts'
import type { EngineHealth } from './engineHealth.ts'
import { type RunLook, stalled } from './stalled.ts'

/** What the API needs of the engine. */
export interface Workflows {
  /** Tells Temporal that something was accepted: starts the task's workflow, or wakes it. */
  tell(task: Untold): Promise<void>
  /** The task's run; undefined when there is none. Throws when Temporal is down. */
  run(task: Pick<Untold, 'workflowId' | 'workflow'>): Promise<RunLook | undefined>
  /** Starts a new run of the task's workflow, in place of the current one. */
  replace(task: Untold): Promise<void>
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
      log.warn(
        { err: withoutStatement(error), taskId },
        'Temporal could not be told of a task; retrying',
      )
    } finally {
      telling.delete(taskId)
    }
  }

  const launch = (taskId: number): void => {
    if (!telling.has(taskId)) telling.set(taskId, tellTask(taskId))
  }

  /** Runs that looked stalled at the last comparison, by task. */
  let suspects = new Map<number, RunLook>()

  /**
   * Starts a new run when Temporal has none for a task that has not ended, or when the run has done
   * nothing of what is due since the last look. Returns what looks stalled now.
   */
  const revive = async (task: Untold): Promise<RunLook | undefined> => {
    const look = await workflows.run(task)
    if (look === undefined) {
      log.warn({ taskId: task.taskId }, 'the run of a task was gone from Temporal; started again')
      await workflows.tell(task)
      return undefined
    }
    const why = stalled(look, await store.tasks.due(task.taskId))
    const before = suspects.get(task.taskId)
    if (why === undefined || before?.runId !== look.runId || before.events !== look.events)
      return why === undefined ? undefined : look
    log.warn(
      { taskId: task.taskId, why },
      'the run of a task did not go on; another takes its place',
    )
    await workflows.replace(task)
    return undefined
  }

  return {
    /** Tells Temporal of a task, if there is something to tell. */
    launch,
    /** Tells Temporal of everything it does not know. */
    async sweep(): Promise<void> {
      for (const { taskId } of await store.tasks.untold()) launch(taskId)
    },
    /** Starts every run again that was terminated, lost, never there, or does not go on. */
    async reconcile(): Promise<void> {
      const found = new Map<number, RunLook>()
      for (const task of await store.tasks.running()) {
        if (telling.has(task.taskId) || !task.known) continue
        const look = await revive(task)
        if (look) found.set(task.taskId, look)
      }
      suspects = found
    },
    /** Resolves when nothing is being told. */
    async settled(): Promise<void> {
      while (telling.size > 0) await Promise.all(telling.values())
    },
  }
}

export type Launcher = ReturnType<typeof launcher>
