import { sql } from 'drizzle-orm'
import {
  bigint,
  boolean,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  unique,
} from 'drizzle-orm/pg-core'
import type { KeptCause } from '../../errors/failure.ts'
import type { Said } from '../../errors/say.ts'
import type { Targets } from '../../plan/expand.ts'
import type { Plan } from '../../plan/plan.ts'
import { operations, subtaskStatuses, taskStatuses } from '../../plan/states.ts'
import type { CreateLook } from '../looks.ts'
import { createTime, idOf, instant } from './columns.ts'

export { operations, subtaskStatuses, taskStatuses }
export const taskTypes = ['MANUAL', 'SYS_ONECE', 'SCHEDULED', 'SYS_SCHEDULED'] as const

/** OCP's context of a task: words and lists of words, no secrets. */
export interface TaskContext {
  readonly stringMap: Readonly<Record<string, string>>
  readonly listMap: Readonly<Record<string, readonly string[]>>
}

export const tasks = pgTable(
  'tasks',
  {
    id: idOf('tasks', 1000),
    /** The workflow that carries it out, e.g. `createCluster`. */
    workflow: text().notNull(),
    /** Its id in Temporal; a run of another id may do nothing for this task. */
    workflowId: text().notNull(),
    name: text().notNull(),
    type: text({ enum: taskTypes }).notNull(),
    // Name and ids are copied: a task outlives the cluster it made.
    clusterId: integer(),
    clusterName: text(),
    obClusterId: bigint({ mode: 'number' }),
    clusterType: text(),
    hostId: integer(),
    obproxyClusterId: integer(),
    creatorId: integer().notNull(),
    creator: text().notNull(),
    status: text({ enum: taskStatuses }).notNull(),
    operation: text({ enum: operations }).notNull(),
    prohibitRollback: boolean().notNull(),
    /** The plan it was accepted with. */
    plan: jsonb().$type<Plan>().notNull(),
    context: jsonb().$type<TaskContext>().notNull(),
    /** What it runs over, as it was accepted. */
    targets: jsonb().$type<Targets>().notNull(),
    firstSubtaskId: integer().notNull(),
    subtaskCount: integer().notNull(),
    traceId: text(),
    /** `traceparent` of the call that made it, while traces are on. */
    trace: text(),
    executor: text(),
    /** Counts the changes of the task's states. */
    revision: integer().notNull().default(1),
    /** The revision of what was accepted last: the task itself, or an operation. */
    acceptedRevision: integer().notNull().default(1),
    /**
     * The accepted revision that Temporal was told of; less than the other while it has to be told.
     */
    toldRevision: integer().notNull().default(0),
    createTime: createTime(),
    startTime: instant().notNull(),
    finishTime: instant(),
  },
  (table) => [
    index('tasks_status').on(table.status, table.id),
    index('tasks_cluster').on(table.clusterId),
    index('tasks_host').on(table.hostId),
    index('tasks_obproxy').on(table.obproxyClusterId),
    index('tasks_untold').on(table.id).where(sql`told_revision < accepted_revision`),
    index('tasks_start_time').on(table.startTime),
    index('tasks_finish_time').on(table.finishTime),
  ],
)

export const subtasks = pgTable(
  'subtasks',
  {
    id: idOf('subtasks', 10_000),
    taskId: integer()
      .notNull()
      .references(() => tasks.id, { onDelete: 'cascade' }),
    index: integer().notNull(),
    name: text().notNull(),
    activity: text().notNull(),
    /** The activity that undoes it. */
    undo: text(),
    status: text({ enum: subtaskStatuses }).notNull(),
    operation: text({ enum: operations }).notNull(),
    runTime: integer().notNull(),
    parallelIdx: integer().notNull(),
    hostId: integer(),
    ip: text(),
    zone: text(),
    /** Subtask ids. */
    upstreams: integer().array().notNull(),
    downstreams: integer().array().notNull(),
    /** Seconds. */
    timeout: integer().notNull(),
    prohibitRollback: boolean().notNull(),
    prohibitSkip: boolean().notNull(),
    executor: text(),
    /** Attempts at this run so far, and how the last one that failed ended. */
    attempt: integer().notNull().default(0),
    lastMessage: jsonb().$type<Said>(),
    cause: jsonb().$type<KeptCause>(),
    /** The task's revision when its state changed last. */
    revision: integer().notNull().default(1),
    createTime: createTime(),
    startTime: instant(),
    finishTime: instant(),
  },
  (table) => [index('subtasks_task').on(table.taskId, table.index)],
)

export const subtaskLogs = pgTable(
  'subtask_logs',
  {
    id: bigint({ mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
    subtaskId: integer()
      .notNull()
      .references(() => subtasks.id, { onDelete: 'cascade' }),
    runTime: integer().notNull(),
    /** Only on the line that opens a run; it keeps a second attempt from opening the run again. */
    opens: text({ enum: operations }),
    at: instant().notNull(),
    level: text({ enum: ['INFO', 'WARN', 'ERROR'] }).notNull(),
    message: text().notNull(),
  },
  (table) => [
    index('subtask_logs_subtask').on(table.subtaskId, table.id),
    unique('subtask_logs_one_opening').on(table.subtaskId, table.runTime, table.opens),
  ],
)

/** What a client token was answered with, per user. */
export const clientTokens = pgTable(
  'client_tokens',
  {
    userId: integer().notNull(),
    token: text().notNull(),
    /** Keyed, because the body holds a password. */
    bodyDigest: text().notNull(),
    taskId: integer().notNull(),
    createTime: createTime(),
  },
  (table) => [primaryKey({ columns: [table.userId, table.token] })],
)

/** Creates that are only asked about, for the worker that looks at their hosts. */
export const looks = pgTable('looks', {
  id: text().primaryKey(),
  look: jsonb().$type<CreateLook>().notNull(),
  createTime: createTime(),
})
