import { and, eq, inArray, ne, or, type SQL, sql } from 'drizzle-orm'
import { z } from 'zod'
import { DefiniteError, keptCause } from '../errors/failure.ts'
import { type Said, say } from '../errors/say.ts'
import { waitNode } from '../plan/expand.ts'
import type { NodeCall, NodeInput } from '../plan/node.ts'
import { limitOf } from '../plan/plan.ts'
import type { OpenedTask, Progress, StoredState } from '../plan/run.ts'
import type { FailureCause, TaskState } from '../plan/states.ts'
import type { Outcome } from '../plan/task.ts'
import { isAway } from './away.ts'
import type { Db } from './db.ts'
import { type EndOptions, type SubtaskRunRef, subtaskEnds } from './ends.ts'
import { gathered } from './gathered.ts'
import { inOneValue, insertionOfLines, type NewLogLine } from './logLines.ts'
import type { Task } from './newTask.ts'
import { prepared } from './prepared.ts'
import { inChunks } from './rows.ts'
import * as schema from './schema/index.ts'
import { storable } from './storable.ts'
import { hasBegun } from './taskMachine.ts'

const { subtasks, tasks } = schema

/** An attempt that wants to begin. */
export interface Begin extends SubtaskRunRef {
  /** Who asks, as Temporal says: the workflow's id and the activity's type. */
  readonly workflowId: string
  readonly activity: string
  readonly attempt: number
  /** Name of the worker's machine. */
  readonly executor: string
  readonly at: Date
}

/** An attempt that has begun. */
export interface Begun extends NodeInput {
  /** When the first attempt of this run began. */
  readonly startTime: Date
  /** `traceparent` of the call that made the task. */
  readonly trace: string | null
}

const nodeOperation = z.enum(['EXECUTE', 'RETRY', 'ROLLBACK'])

const stateColumns = {
  index: subtasks.index,
  status: subtasks.status,
  operation: subtasks.operation,
  runTime: subtasks.runTime,
  cause: subtasks.cause,
  revision: subtasks.revision,
}

/** Enough to see in Temporal's UI why; the whole text is in the store. */
const maxCauseLength = 600
const clip = (text: string): string =>
  text.length > maxCauseLength ? `${text.slice(0, maxCauseLength)}…` : text

/** In English alone: that is what Temporal's UI shows. */
const travelling = ({
  cause,
  ...state
}: Omit<StoredState, 'cause'> & { cause: FailureCause | null }): StoredState => ({
  ...state,
  ...(state.status === 'FAILED' && cause && { cause: inShort(cause) }),
})

const inShort = ({ said: _, message, ...cause }: FailureCause): FailureCause => ({
  ...cause,
  message: clip(message),
})

const canceled: Outcome = {
  status: 'FAILED',
  cancelled: true,
  cause: keptCause({ code: 'TSK10014', message: say`canceled by an operator` }),
}

const shorter = (progress: Progress): Progress => ({
  ...progress,
  changes: progress.changes.map(({ cause, ...state }) =>
    travelling({ ...state, cause: cause ?? null }),
  ),
})

const stateOf = ({ status, operation, finishTime }: Task): TaskState => ({
  status,
  ...(status === 'FAILED' && finishTime && { ended: true }),
  operation: operation === 'RETRY' || operation === 'ROLLBACK' ? operation : 'EXECUTE',
})

const value = sql.placeholder

const beginning = prepared((db) =>
  db
    .update(subtasks)
    .set({
      status: 'RUNNING',
      executor: sql`${value('executor')}`,
      attempt: sql`${value('attempt')}`,
      startTime: sql`coalesce(${subtasks.startTime}, ${value('at')}::timestamptz)`,
    })
    .from(tasks)
    .where(
      and(
        eq(subtasks.id, value('subtaskId')),
        eq(subtasks.taskId, value('taskId')),
        eq(subtasks.runTime, value('runTime')),
        inArray(subtasks.status, ['READY', 'RUNNING']),
        sql`case when ${subtasks.operation} = 'ROLLBACK' then ${subtasks.undo}
          else ${subtasks.activity} end = ${value('activity')}`,
        eq(tasks.id, value('taskId')),
        eq(tasks.workflowId, value('workflowId')),
        eq(tasks.status, 'RUNNING'),
      ),
    )
    .returning({
      operation: subtasks.operation,
      name: subtasks.name,
      timeout: subtasks.timeout,
      startTime: subtasks.startTime,
      hostId: subtasks.hostId,
      zone: subtasks.zone,
      workflow: tasks.workflow,
      trace: tasks.trace,
      clusterId: tasks.clusterId,
      obproxyClusterId: tasks.obproxyClusterId,
    })
    .prepare('obflow_beginning'),
)

/** How tasks move: what their runs in Temporal read, and what activities write. */
export function progress(db: Db) {
  /** The task, for its own run only. */
  const taskOf = async (tx: Db, taskId: number, workflowId: string): Promise<Task> => {
    const found = (await tx.select().from(tasks).where(eq(tasks.id, taskId)))[0]
    if (found?.workflowId === workflowId) return found
    throw new DefiniteError({
      code: 'TSK10001',
      message: say`${workflowId} is not the workflow of task ${taskId}; it may do nothing for it`,
    })
  }

  const changesSince = (task: Task, since: number, which?: SQL): Promise<Progress> =>
    db
      .select(stateColumns)
      .from(subtasks)
      .where(and(eq(subtasks.taskId, task.id), sql`${subtasks.revision} > ${since}`, which))
      .orderBy(subtasks.index)
      .then((rows) => ({
        revision: task.revision,
        task: stateOf(task),
        complete: true,
        changes: rows.map(travelling),
      }))

  const finish = subtaskEnds(db)

  return {
    /**
     * Begins an attempt, or returns nothing when this run may not do this subtask now: another
     * workflow asks, another activity is due, or the subtask has ended or moved on.
     */
    async started(begin: Begin): Promise<Begun | undefined> {
      const { taskId, subtaskId, runTime, workflowId, activity, attempt, executor, at } = begin
      const [due] = await beginning(db).execute({
        taskId,
        subtaskId,
        runTime,
        workflowId,
        activity,
        attempt,
        executor,
        at: at.toISOString(),
      })
      if (due === undefined) return undefined
      const operation = nodeOperation.parse(due.operation)
      return {
        taskId,
        subtaskId,
        runTime,
        operation,
        workflow: due.workflow,
        name: due.name,
        timeoutSeconds: limitOf(due.timeout),
        startTime: due.startTime ?? at,
        trace: due.trace,
        ...(due.clusterId !== null && { clusterId: due.clusterId }),
        ...(due.hostId !== null && { hostId: due.hostId }),
        ...(due.obproxyClusterId !== null && { obproxyClusterId: due.obproxyClusterId }),
        ...(due.zone !== null && { zone: due.zone }),
      }
    },
    /** Keeps how an attempt failed that will be made again. */
    async waiting({ subtaskId, runTime }: SubtaskRunRef, reason: Said): Promise<void> {
      await db
        .update(subtasks)
        .set({ lastMessage: storable(reason) })
        .where(
          and(
            eq(subtasks.id, subtaskId),
            eq(subtasks.runTime, runTime),
            eq(subtasks.status, 'RUNNING'),
          ),
        )
    },
    /**
     * A run of a subtask ended, and these are the last lines of its log. Returns nothing, and has
     * written nothing, when it had ended or moved on already.
     */
    finished: (
      run: SubtaskRunRef,
      outcome: Outcome,
      last: Pick<EndOptions, 'at' | 'lines'> = {},
    ): Promise<Progress | undefined> =>
      finish(run, outcome, last).then((done) => done && shorter(done)),
    /** What has changed in a task since a revision. Throws DefiniteError to another task's run. */
    async allChanges(taskId: number, workflowId: string, since: number): Promise<Progress> {
      return changesSince(await taskOf(db, taskId, workflowId), since)
    },
    /** The task as it stands, for its run. Throws DefiniteError to another task's run. */
    async open(taskId: number, workflowId: string): Promise<OpenedTask> {
      const task = await taskOf(db, taskId, workflowId)
      const now = await changesSince(task, 0)
      const { firstSubtaskId, creator, clusterName, plan, targets } = task
      const run = {
        taskId,
        firstSubtaskId,
        creator,
        plan,
        ...(clusterName !== null && { clusterName }),
        hosts: targets.hosts,
        zones: targets.zones,
      }
      return { ...now, run, changes: now.changes.filter(hasBegun) }
    },
    /**
     * What operations have changed since a revision. Ends of subtasks that nobody asked for are
     * left out: their activities report those.
     */
    async changes(taskId: number, workflowId: string, since: number): Promise<Progress> {
      const asked = or(
        ne(subtasks.operation, 'EXECUTE'),
        inArray(subtasks.status, ['READY', 'RUNNING', 'CANCELING', 'FAILED']),
        eq(subtasks.activity, waitNode),
      )
      return changesSince(await taskOf(db, taskId, workflowId), since, asked)
    },
    /**
     * Ends a subtask that an operator cancels. Any other failure was written by its node; one that
     * was not is Temporal's word alone, and the subtask stays due.
     */
    async lost({ since, ...run }: NodeCall, workflowId: string): Promise<Progress> {
      const task = await taskOf(db, run.taskId, workflowId)
      const done = await finish(run, canceled, { from: 'CANCELING' })
      return done ? shorter(done) : changesSince(task, since)
    },
    /** Appends lines to subtasks' logs, in the order given. */
    log: gathered<NewLogLine>(
      (lines) =>
        inChunks(lines, (chunk) => db.execute(insertionOfLines(sql`${inOneValue(chunk)}`))),
      isAway,
    ),
  }
}
