import { and, asc, count, eq, getTableColumns, inArray, type SQL, sql } from 'drizzle-orm'
import type { PgColumn } from 'drizzle-orm/pg-core'
import type { Plan } from '../plan/plan.ts'
import type { SubtaskOperation, TaskStatus } from '../plan/states.ts'
import type { Db } from './db.ts'
import type { Subtask, Task, TaskWithSubtasks } from './newTask.ts'
import { containing, order, type Page, type Paging, window } from './paging.ts'
import { progress } from './progress.ts'
import { theRow } from './rows.ts'
import * as schema from './schema/index.ts'
import { type SubtaskSummary, subtasksOf, summariesOf } from './subtaskRows.ts'

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

/** A task of the list: of its subtasks only what a line shows. */
export interface TaskSummary extends Omit<Task, 'plan'> {
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

/** OCP's fuzzy search; it takes a third of what ilike takes. */
const hasWord = (column: PgColumn, words: string): SQL => sql`lower(${column}) like lower(${containing(words)})`

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

  // A page of plans would be a third of the time that a list takes.
  const { plan: _, ...listed } = getTableColumns(table)

  const find = async (id: number): Promise<Task | undefined> => (await db.select().from(table).where(eq(table.id, id)))[0]

  return {
    ...progress(db),
    async get(id: number): Promise<TaskWithSubtasks | undefined> {
      const task = await find(id)
      return task && { ...task, subtasks: await subtasksOf(db, id) }
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
      const found = await db
        .select({ id: table.id, total: sql<number>`count(*) over ()`.mapWith(Number) })
        .from(table)
        .where(where)
        .orderBy(...order(paging, sortable, table.id))
        .limit(limit)
        .offset(offset)
      const [first] = found
      if (first === undefined) {
        // Beyond the last page nothing says how many there are.
        const total = offset === 0 ? 0 : theRow(await db.select({ total: count() }).from(table).where(where), 'count').total
        return { contents: [], total }
      }
      const ids = found.map(({ id }) => id)
      const rows = await db.select(listed).from(table).where(inArray(table.id, ids))
      const byId = new Map(rows.map((row) => [row.id, row]))
      const subtasksOf = await summariesOf(db, ids)
      const contents = ids.flatMap((id) => {
        const task = byId.get(id)
        return task ? [{ ...task, subtasks: subtasksOf.get(id) ?? [] }] : []
      })
      return { contents, total: first.total }
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
