import type { FastifyBaseLogger } from 'fastify'
import type { HostFinding } from '../../oceanbase/index.ts'
import type { Accepted } from '../../operations/index.ts'
import { type CreateLook, type Store, type Untold, untoldOf } from '../../store/index.ts'
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

/** Of what a sweep found; what is accepted meanwhile needs Temporal and the store, too. */
const sweptAtOnce = 4

/**
 * Tells Temporal of what was accepted. An answer never waits for it: what is accepted is in the
 * store, and `sweep` tells what a crash or an outage kept from being told.
 */
export function launcher({ store, workflows, log }: Dependencies) {
  const telling = new Map<number, Promise<void>>()
  let sweeping: Promise<void> | undefined
  let closed = false

  const tellTask = async (taskId: number, accepted: Untold | undefined): Promise<void> => {
    try {
      let task = accepted ?? (await store.tasks.untoldOf(taskId))
      // Again while more was accepted in the meantime.
      while (task !== undefined) {
        await workflows.tell(task)
        const more = await store.tasks.markTold(taskId, task.acceptedRevision)
        task = more ? await store.tasks.untoldOf(taskId) : undefined
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

  /** Resolves when it was told, or could not be. */
  const launch = (taskId: number, accepted?: Untold): Promise<void> => {
    const told = telling.get(taskId) ?? tellTask(taskId, accepted)
    telling.set(taskId, told)
    return told
  }

  const settled = async (): Promise<void> => {
    while (telling.size > 0) await Promise.all(telling.values())
  }

  const sweepOnce = async (): Promise<void> => {
    const untold = (await store.tasks.untold()).values()
    const tellNext = async (): Promise<void> => {
      for (const { taskId } of untold) {
        if (closed) return
        await launch(taskId)
      }
    }
    await Promise.all(Array.from({ length: sweptAtOnce }, tellNext))
  }

  /** Runs that looked stalled at the last comparison, by task. */
  let suspects = new Map<number, RunLook>()
  /** How far every task had come then; undefined before the first comparison. */
  let revisions: ReadonlyMap<number, number> | undefined

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
    launch: (taskId: number): void => void launch(taskId),
    /** Tells Temporal of what was accepted just now, or before under the same token. */
    begin({ task, tasks, again }: Accepted): void {
      for (const each of new Set([...tasks, task]))
        void launch(each.id, again ? undefined : untoldOf(each))
    },
    /** Tells Temporal of everything it does not know; a call amid another joins it. */
    sweep(): Promise<void> {
      sweeping ??= sweepOnce().finally(() => {
        sweeping = undefined
      })
      return sweeping
    },
    /**
     * Starts every run again that was terminated, lost, never there, or does not go on. A task that
     * has moved since the last comparison has a run that goes on, so Temporal is not asked for it:
     * each question takes this process 2 ms, and a thousand creates may be at work.
     */
    async reconcile(): Promise<void> {
      const found = new Map<number, RunLook>()
      const before = revisions
      const running = await store.tasks.running()
      revisions = new Map(running.map(({ taskId, revision }) => [taskId, revision]))
      for (const task of running) {
        const { taskId, known, acceptedRevision, revision } = task
        if (telling.has(taskId) || !known) continue
        if (before && revision > (before.get(taskId) ?? acceptedRevision)) continue
        const look = await revive(task)
        if (look) found.set(taskId, look)
      }
      suspects = found
    },
    /** Resolves when nothing is being told. */
    settled,
    /** Ends a sweep, and resolves when nothing is being told. The rest stays in the store. */
    async close(): Promise<void> {
      closed = true
      await sweeping?.catch(() => undefined)
      await settled()
    },
  }
}

export type Launcher = ReturnType<typeof launcher>
