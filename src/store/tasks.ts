import { and, asc, count, eq, ilike, inArray, type SQL } from 'drizzle-orm'
import type { SubtaskOperation, TaskStatus } from '../plan/states.ts'
import type { Db } from './db.ts'
import type { Subtask, Task, TaskWithSubtasks } from './newTask.ts'
import { containing, order, type Page, type Paging, window } from './paging.ts'
import { progress } from './progress.ts'
import { theRow } from './rows.ts'
import * as schema from './schema/index.ts'

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
export interface TaskSummary extends Task {
  readonly subtasks: readonly Pick<Subtask, 'id' | 'name' | 'operation' | 'status'>[]
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
  hosts: task.targets.hosts,
  zones: task.targets.zones,
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

  const find = async (id: number): Promise<Task | undefined> => (await db.select().from(table).where(eq(table.id, id)))[0]
  const subtasksOf = (id: number) => db.select().from(subtasks).where(eq(subtasks.taskId, id)).orderBy(asc(subtasks.index))
  const summary = {
    taskId: subtasks.taskId,
    id: subtasks.id,
    name: subtasks.name,
    operation: subtasks.operation,
    status: subtasks.status,
  }
  const summariesOf = (ids: readonly number[]) =>
    db.select(summary).from(subtasks).where(inArray(subtasks.taskId, ids)).orderBy(asc(subtasks.taskId), asc(subtasks.index))

  return {
    ...progress(db),
    async get(id: number): Promise<TaskWithSubtasks | undefined> {
      const task = await find(id)
      return task && { ...task, subtasks: await subtasksOf(id) }
    },
    async subtask(taskId: number, subtaskId: number): Promise<Subtask | undefined> {
      const where = and(eq(subtasks.id, subtaskId), eq(subtasks.taskId, taskId))
      return (await db.select().from(subtasks).where(where))[0]
    },
    /** The trace id of the request that made a task. */
    traceId: async (id: number): Promise<string | null> => (await find(id))?.traceId ?? null,
    async list(filter: TaskFilter, paging: Paging): Promise<Page<TaskSummary>> {
      const conditions: (SQL | undefined)[] = [
        filter.name === undefined ? undefined : ilike(table.name, containing(filter.name)),
        filter.status === undefined ? undefined : inArray(table.status, filter.status),
        filter.type === undefined ? undefined : eq(table.type, filter.type),
        filter.clusterName === undefined ? undefined : eq(table.clusterName, filter.clusterName),
        filter.clusterId === undefined ? undefined : eq(table.clusterId, filter.clusterId),
        filter.hostId === undefined ? undefined : eq(table.hostId, filter.hostId),
      ]
      const where = and(...conditions)
      const { limit, offset } = window(paging)
      const rows = await db
        .select()
        .from(table)
        .where(where)
        .orderBy(...order(paging, sortable, table.id))
        .limit(limit)
        .offset(offset)
      const total = theRow(await db.select({ total: count() }).from(table).where(where), 'count of tasks').total
      const all = rows.length === 0 ? [] : await summariesOf(rows.map((row) => row.id))
      const byTask = Map.groupBy(all, (subtask) => subtask.taskId)
      return { contents: rows.map((row) => ({ ...row, subtasks: byTask.get(row.id) ?? [] })), total }
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
