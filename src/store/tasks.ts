import { and, asc, count, eq, getTableColumns, inArray, type SQL, sql } from 'drizzle-orm'
import type { PgColumn } from 'drizzle-orm/pg-core'
import { z } from 'zod'
import type { Ask } from '../plan/ask.ts'
import type { Plan } from '../plan/plan.ts'
import type { SubtaskOperation, TaskStatus } from '../plan/states.ts'
import { columnwise } from './columnwise.ts'
import type { Db } from './db.ts'
import type { Subtask, Task, TaskWithSubtasks } from './newTask.ts'
import { order, type Page, type Paging, window } from './paging.ts'
import { progress } from './progress.ts'
import { refuseOperation } from './rollbackRule.ts'
import { theRow } from './rows.ts'
import * as schema from './schema/index.ts'
import { type SubtaskSummary, subtasksOf, summariesOf, time } from './subtaskRows.ts'

/** What a workflow is started with. */
export interface TaskRun {
  readonly taskId: number
  readonly workflow: string
  readonly firstSubtaskId: number
  readonly clusterId?: number
  readonly clusterName?: string
  readonly hostId?: number
  readonly obproxyClusterId?: number
  readonly creator: string
  readonly plan?: Plan
  /** In the order that gives `parallelIdx`. */
  readonly hosts: readonly { readonly id: number; readonly ip: string }[]
  readonly zones: readonly string[]
}

export interface TaskFilter {
  readonly name?: string | undefined
  readonly status?: readonly TaskStatus[] | undefined
  readonly type?: Task['type'] | undefined
  readonly clusterName?: string | undefined
  readonly clusterId?: number | undefined
  readonly hostId?: number | undefined
}

const summary = z.object({
  id: z.int(),
  name: z.string(),
  clusterId: z.int().nullable(),
  clusterName: z.string().nullable(),
  obClusterId: z.int().nullable(),
  clusterType: z.string().nullable(),
  hostId: z.int().nullable(),
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

export interface LogLine {
  readonly runTime: number
  /** Set on the line that opens a run. */
  readonly opens: SubtaskOperation | null
  readonly at: Date
  readonly level: 'INFO' | 'WARN' | 'ERROR'
  readonly message: string
}

const toRun = (task: Task): TaskRun => ({
  taskId: task.id,
  workflow: task.workflow,
  firstSubtaskId: task.firstSubtaskId,
  ...(task.clusterId !== null && { clusterId: task.clusterId }),
  ...(task.clusterName !== null && { clusterName: task.clusterName }),
  ...(task.hostId !== null && { hostId: task.hostId }),
  ...(task.obproxyClusterId !== null && { obproxyClusterId: task.obproxyClusterId }),
  creator: task.creator,
  ...(task.plan !== null && { plan: task.plan }),
  hosts: task.targets.hosts,
  zones: task.targets.zones,
})

/**
 * OCP's fuzzy search, at half of what ilike takes: names are ASCII, which the collation C lowers quickest. A planner takes strpos for something
 * that many rows pass, and goes through them in order until the page is full; of a `like` it thinks that hardly any does.
 */
const hasWord = (column: PgColumn, words: string): SQL =>
  sql`strpos(lower(${column} collate "C"), lower(${words} collate "C")) > 0`

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

  const find = async (id: number): Promise<Task | undefined> => (await db.select().from(table).where(eq(table.id, id)))[0]

  return {
    ...progress(db),
    async get(id: number): Promise<TaskWithSubtasks | undefined> {
      const fields = { ...getTableColumns(table), subtasks: subtasksOf(db, id) }
      return (await db.select(fields).from(table).where(eq(table.id, id)))[0]
    },
    async subtask(taskId: number, subtaskId: number): Promise<Subtask | undefined> {
      const where = and(eq(subtasks.id, subtaskId), eq(subtasks.taskId, taskId))
      return (await db.select().from(subtasks).where(where))[0]
    },
    /** The trace id of the request that made a task. */
    traceId: async (id: number): Promise<string | null> => (await find(id))?.traceId ?? null,
    async list(filter: TaskFilter, paging: Paging): Promise<Page<TaskSummary>> {
      const conditions: (SQL | undefined)[] = [
        filter.name === undefined ? undefined : hasWord(table.name, filter.name),
        filter.status === undefined ? undefined : inArray(table.status, filter.status),
        filter.type === undefined ? undefined : eq(table.type, filter.type),
        filter.clusterName === undefined ? undefined : hasWord(table.clusterName, filter.clusterName),
        filter.clusterId === undefined ? undefined : eq(table.clusterId, filter.clusterId),
        filter.hostId === undefined ? undefined : eq(table.hostId, filter.hostId),
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
        .select({ total: total.matches, tasks: line.from(page), subtasks: summariesOf(db, sql`select id from ${page}`) })
        .from(total)
      const { tasks, subtasks, ...rest } = theRow(found, 'page of tasks')
      const byTask = Map.groupBy(subtasks, ({ taskId }) => taskId)
      return { contents: tasks.map((task) => ({ ...task, subtasks: byTask.get(task.id) ?? [] })), ...rest }
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
    /** What the workflow of a task is given. */
    async run(taskId: number): Promise<TaskRun> {
      const task = await find(taskId)
      if (task === undefined) throw new Error(`task ${taskId} is not in the store`)
      return toRun(task)
    },
    /** Tasks that were accepted but whose workflow may never have been started, oldest first. */
    unstarted: (): Promise<{ taskId: number; workflow: string }[]> =>
      db
        .select({ taskId: table.id, workflow: table.workflow })
        .from(table)
        .where(eq(table.started, false))
        .orderBy(asc(table.id)),
    async markStarted(taskId: number): Promise<void> {
      await db.update(table).set({ started: true }).where(eq(table.id, taskId))
    },
    /** Throws Refused when what a task works on forbids this operation now; see rollbackRule.ts. */
    refuseOperation: (taskId: number, operation: Ask['operation']): Promise<void> =>
      db.transaction(async (tx) => {
        const [task] = await tx.select().from(table).where(eq(table.id, taskId))
        if (task !== undefined) await refuseOperation(tx, task, operation)
      }),
    /** The newest unfinished task of a cluster; OCP allows one at a time. */
    async unfinishedOf(clusterId: number): Promise<Task | undefined> {
      const where = and(eq(table.clusterId, clusterId), inArray(table.status, ['RUNNING', 'FAILED']))
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
