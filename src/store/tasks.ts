import {
  and,
  asc,
  count,
  desc,
  eq,
  getTableColumns,
  gt,
  inArray,
  lt,
  or,
  type SQL,
  sql,
} from 'drizzle-orm'
import type { PgColumn } from 'drizzle-orm/pg-core'
import { z } from 'zod'
import type { Targets } from '../plan/expand.ts'
import type { SubtaskOperation, SubtaskStatus, TaskStatus } from '../plan/states.ts'
import { columnwise } from './columnwise.ts'
import type { Db } from './db.ts'
import { forgetTasks } from './forgetTasks.ts'
import { looks } from './looks.ts'
import type { Subtask, Task, TaskWithSubtasks } from './newTask.ts'
import { order, type Page, type Paging, pageOf, window } from './paging.ts'
import { preparations } from './preparations.ts'
import { prepared } from './prepared.ts'
import { progress } from './progress.ts'
import { theRow } from './rows.ts'
import * as schema from './schema/index.ts'
import { type SubtaskSummary, subtasksOf, summariesOf, time } from './subtaskRows.ts'

/** A task whose workflow has to be told of something, and how it is started. */
export interface Untold {
  readonly taskId: number
  readonly workflow: string
  readonly workflowId: string
  /** What Temporal is then told of. */
  readonly acceptedRevision: number
  /** Whether Temporal was ever told of the task. */
  readonly known: boolean
  /** What the run is about, for people. */
  readonly subject: string
  readonly clusterName: string | undefined
  readonly creator: string
}

export interface TaskFilter {
  readonly name?: string | undefined
  readonly status?: readonly TaskStatus[] | undefined
  readonly type?: Task['type'] | undefined
  readonly clusterName?: string | undefined
  readonly clusterId?: number | undefined
  readonly hostId?: number | undefined
  readonly obproxyClusterId?: number | undefined
}

const summary = z.object({
  id: z.int(),
  name: z.string(),
  clusterId: z.int().nullable(),
  clusterName: z.string().nullable(),
  obClusterId: z.int().nullable(),
  clusterType: z.string().nullable(),
  hostId: z.int().nullable(),
  obproxyClusterId: z.int().nullable(),
  creatorId: z.int(),
  creator: z.string(),
  status: z.enum(schema.taskStatuses),
  operation: z.enum(schema.operations),
  firstSubtaskId: z.int(),
  startTime: time,
  finishTime: time.nullable(),
})
const line = columnwise(summary, getTableColumns(schema.tasks))

/** A line of the list of tasks. */
export interface TaskSummary extends z.infer<typeof summary> {
  readonly subtasks: readonly SubtaskSummary[]
}

export interface SubtaskFilter {
  readonly name?: string | undefined
  readonly status?: readonly SubtaskStatus[] | undefined
  readonly hostId?: number | undefined
  readonly zone?: string | undefined
}

/** What a task's state is, and the subtasks that may look different since a revision. */
export type TaskNews = Pick<
  TaskWithSubtasks,
  'id' | 'status' | 'operation' | 'revision' | 'finishTime' | 'subtasks'
>

export interface LogLine {
  readonly runTime: number
  /** Set on the line that opens a run. */
  readonly opens: SubtaskOperation | null
  readonly at: Date
  readonly level: 'INFO' | 'WARN' | 'ERROR'
  readonly message: string
}

const untoldColumns = {
  id: schema.tasks.id,
  workflow: schema.tasks.workflow,
  workflowId: schema.tasks.workflowId,
  revision: schema.tasks.revision,
  acceptedRevision: schema.tasks.acceptedRevision,
  toldRevision: schema.tasks.toldRevision,
  targets: schema.tasks.targets,
  clusterName: schema.tasks.clusterName,
  creator: schema.tasks.creator,
} as const

/** What Temporal has to be told of a task. */
export const untoldOf = (task: Pick<Task, keyof typeof untoldColumns>): Untold => {
  const { workflow, workflowId, acceptedRevision, targets } = task
  return {
    taskId: task.id,
    workflow,
    workflowId,
    acceptedRevision,
    known: task.toldRevision > 0,
    subject: task.clusterName ?? targets.hosts.map(({ ip }) => ip).join(' '),
    clusterName: task.clusterName ?? undefined,
    creator: task.creator,
  }
}

/**
 * OCP's fuzzy search, at half of what ilike takes: names are ASCII, which the collation C lowers
 * quickest. A planner takes strpos for something that many rows pass, and goes through them in
 * order until the page is full; of a `like` it thinks that hardly any does.
 */
const hasWord = (column: PgColumn, words: string): SQL =>
  sql`strpos(lower(${column} collate "C"), lower(${words} collate "C")) > 0`

const markingTold = prepared((db) => {
  const { id, toldRevision, acceptedRevision } = schema.tasks
  const revision = sql`${sql.placeholder('revision')}::integer`
  return db
    .update(schema.tasks)
    .set({ toldRevision: sql`greatest(${toldRevision}, ${revision})` })
    .where(eq(id, sql.placeholder('taskId')))
    .returning({ toldRevision, acceptedRevision })
    .prepare('obflow_told')
})

/** Tasks, their subtasks and logs. */
export function tasks(db: Db) {
  const { subtasks, subtaskLogs, tasks: table } = schema
  const sortable = {
    id: table.id,
    name: table.name,
    status: table.status,
    startTime: table.startTime,
    finishTime: table.finishTime,
  }

  const find = async (id: number): Promise<Task | undefined> =>
    (await db.select().from(table).where(eq(table.id, id)))[0]

  const newSince = (revision: number): SQL | undefined =>
    or(gt(subtasks.revision, revision), inArray(subtasks.status, ['RUNNING', 'CANCELING']))

  return {
    ...progress(db),
    forget: (before: Date) => forgetTasks(db, before),
    /** A task with its subtasks; with `since` only those that `news` gives. */
    async get(id: number, since?: number): Promise<TaskWithSubtasks | undefined> {
      const which = since === undefined ? undefined : newSince(since)
      const fields = { ...getTableColumns(table), subtasks: subtasksOf(db, id, which) }
      return (await db.select(fields).from(table).where(eq(table.id, id)))[0]
    },
    /**
     * What has changed in a task since a revision. A subtask at work is always in it: its start,
     * its attempts and their last words make no revision.
     */
    async news(id: number, since: number): Promise<TaskNews | undefined> {
      const { status, operation, revision, finishTime } = table
      const fields = {
        ...{ id: table.id, status, operation, revision, finishTime },
        subtasks: subtasksOf(db, id, newSince(since)),
      }
      return (await db.select(fields).from(table).where(eq(table.id, id)))[0]
    },
    async subtask(taskId: number, subtaskId: number): Promise<Subtask | undefined> {
      const where = and(eq(subtasks.id, subtaskId), eq(subtasks.taskId, taskId))
      return (await db.select().from(subtasks).where(where))[0]
    },
    exists: async (id: number): Promise<boolean> => (await find(id)) !== undefined,
    /** A page of a task's subtasks, in the order of its plan unless `paging.sort` is given. */
    subtasks(taskId: number, filter: SubtaskFilter, paging: Paging): Promise<Page<Subtask>> {
      const where = and(
        eq(subtasks.taskId, taskId),
        filter.name === undefined ? undefined : hasWord(subtasks.name, filter.name),
        filter.status === undefined ? undefined : inArray(subtasks.status, filter.status),
        filter.hostId === undefined ? undefined : eq(subtasks.hostId, filter.hostId),
        filter.zone === undefined ? undefined : eq(subtasks.zone, filter.zone),
      )
      const { id, name, status, startTime, finishTime, index } = subtasks
      const inOrder = order(paging, { id, name, status, startTime, finishTime }, id)
      const rows = db
        .select()
        .from(subtasks)
        .where(where)
        .orderBy(...(paging.sort === undefined ? [asc(index)] : inOrder))
      return pageOf(rows, db.$count(subtasks, where), paging)
    },
    /** The trace id of the request that made a task. */
    traceId: async (id: number): Promise<string | null> => (await find(id))?.traceId ?? null,
    /** `traceparent` of that request. */
    trace: async (id: number): Promise<string | null> => (await find(id))?.trace ?? null,
    async list(filter: TaskFilter, paging: Paging): Promise<Page<TaskSummary>> {
      const conditions: (SQL | undefined)[] = [
        filter.name === undefined ? undefined : hasWord(table.name, filter.name),
        filter.status === undefined ? undefined : inArray(table.status, filter.status),
        filter.type === undefined ? undefined : eq(table.type, filter.type),
        filter.clusterName === undefined
          ? undefined
          : hasWord(table.clusterName, filter.clusterName),
        filter.clusterId === undefined ? undefined : eq(table.clusterId, filter.clusterId),
        filter.hostId === undefined ? undefined : eq(table.hostId, filter.hostId),
        filter.obproxyClusterId === undefined
          ? undefined
          : eq(table.obproxyClusterId, filter.obproxyClusterId),
      ]
      const where = and(...conditions)
      const { limit, offset } = window(paging)
      const total = db.$with('total').as(
        db
          .select({ matches: count().as('matches') })
          .from(table)
          .where(where),
      )
      const page = db.$with('page').as(
        db
          .select(line.fields)
          .from(table)
          // What is beyond the last page is not looked for.
          .where(and(where, sql`(select matches from total) > ${offset}`))
          .orderBy(...order(paging, sortable, table.id))
          .limit(limit)
          .offset(offset),
      )
      const found = await db
        .with(total, page)
        .select({
          total: total.matches,
          tasks: line.from(page),
          subtasks: summariesOf(db, sql`select id from ${page}`),
        })
        .from(total)
      const { tasks, subtasks, ...rest } = theRow(found, 'page of tasks')
      const byTask = Map.groupBy(subtasks, ({ taskId }) => taskId)
      return {
        contents: tasks.map((task) => ({ ...task, subtasks: byTask.get(task.id) ?? [] })),
        ...rest,
      }
    },
    /** A subtask's log in the order it was written. */
    logOf: (subtaskId: number): Promise<LogLine[]> =>
      db
        .select({
          runTime: subtaskLogs.runTime,
          opens: subtaskLogs.opens,
          at: subtaskLogs.at,
          level: subtaskLogs.level,
          message: subtaskLogs.message,
        })
        .from(subtaskLogs)
        .where(eq(subtaskLogs.subtaskId, subtaskId))
        .orderBy(asc(subtaskLogs.id)),
    /** Whether a task has ended for good. */
    async isOver(id: number): Promise<boolean> {
      const task = await find(id)
      return task === undefined || task.status === 'SUCCESSFUL' || task.finishTime !== null
    },
    /** The newest lines of a subtask's log after one of them, oldest first. */
    async logSince(
      subtaskId: number,
      after: number,
      most: number,
    ): Promise<(LogLine & { readonly id: number })[]> {
      const { id, runTime, opens, at, level, message } = subtaskLogs
      const rows = await db
        .select({ id, runTime, opens, at, level, message })
        .from(subtaskLogs)
        .where(and(eq(subtaskLogs.subtaskId, subtaskId), gt(id, after)))
        .orderBy(desc(id))
        .limit(most)
      return rows.reverse()
    },
    /** Tasks of which something was accepted that Temporal does not know yet, oldest first. */
    untold: async (): Promise<Untold[]> =>
      (
        await db
          .select(untoldColumns)
          .from(table)
          .where(lt(table.toldRevision, table.acceptedRevision))
          .orderBy(asc(table.id))
      ).map(untoldOf),
    /** One of them, or nothing when Temporal knows all. */
    async untoldOf(taskId: number): Promise<Untold | undefined> {
      const where = and(eq(table.id, taskId), lt(table.toldRevision, table.acceptedRevision))
      return (await db.select(untoldColumns).from(table).where(where)).map(untoldOf)[0]
    },
    /** Tasks that should be at work in Temporal, and how often their states have changed. */
    running: async (): Promise<(Untold & { readonly revision: number })[]> =>
      (
        await db
          .select(untoldColumns)
          .from(table)
          .where(eq(table.status, 'RUNNING'))
          .orderBy(asc(table.id))
      ).map((task) => ({ ...untoldOf(task), revision: task.revision })),
    /** Activity types of a task's subtasks that should be under way, one for each. */
    async due(taskId: number): Promise<string[]> {
      const active = and(
        eq(subtasks.taskId, taskId),
        inArray(subtasks.status, ['READY', 'RUNNING', 'CANCELING']),
      )
      const { operation, activity, undo } = subtasks
      const rows = await db.select({ operation, activity, undo }).from(subtasks).where(active)
      return rows.map((row) => (row.operation === 'ROLLBACK' ? (row.undo ?? '') : row.activity))
    },
    /**
     * Temporal knows of what was accepted up to this revision. Tells whether more was accepted
     * since.
     */
    async markTold(taskId: number, revision: number): Promise<boolean> {
      const rows = await markingTold(db).execute({ taskId, revision })
      return rows.some((row) => row.toldRevision < row.acceptedRevision)
    },
    /** What a task runs over. */
    async targetsOf(taskId: number): Promise<Targets> {
      const rows = await db
        .select({ targets: table.targets })
        .from(table)
        .where(eq(table.id, taskId))
      return theRow(rows, `task ${taskId}`).targets
    },
    looks: looks(db),
    /** What became of the hosts of a batch; see preparations.ts. */
    preparations: (batchId: number) => preparations(db, batchId),
    /** The newest unfinished task of a cluster; OCP allows one at a time. */
    async unfinishedOf(clusterId: number): Promise<Task | undefined> {
      const where = and(
        eq(table.clusterId, clusterId),
        inArray(table.status, ['RUNNING', 'FAILED']),
      )
      return (
        await db
          .select()
          .from(table)
          .where(where)
          .orderBy(...order({ page: 1, size: 1 }, {}, table.id))
          .limit(1)
      )[0]
    },
  }
}
