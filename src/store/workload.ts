import { sql } from 'drizzle-orm'
import type { SubtaskStatus, TaskStatus } from '../plan/states.ts'
import type { Db } from './db.ts'
import * as schema from './schema/index.ts'

const { subtasks, tasks } = schema

/** What there is to do and what was done, in numbers. */
export interface Workload {
  readonly tasks: readonly {
    /** The workflow's type, e.g. `createCluster`. */
    readonly operation: string
    readonly status: TaskStatus
    /** Whether it runs or waits for an operator. */
    readonly open: boolean
    readonly count: number
    /** That those which have ended took together. */
    readonly seconds: number
  }[]
  /** Of open tasks. */
  readonly subtasks: readonly {
    readonly node: string
    readonly status: SubtaskStatus
    readonly count: number
  }[]
}

const open = sql<boolean>`(${tasks.status} = 'RUNNING' or (${tasks.status} = 'FAILED' and ${tasks.finishTime} is null))`
const count = sql<number>`count(*)::int`

export const workload = (db: Db) => async (): Promise<Workload> => ({
  tasks: await db
    .select({
      operation: tasks.workflow,
      status: tasks.status,
      open,
      count,
      seconds: sql<number>`coalesce(sum(extract(epoch from ${tasks.finishTime} - ${tasks.startTime})), 0)::float8`,
    })
    .from(tasks)
    .groupBy(tasks.workflow, tasks.status, open),
  subtasks: await db
    .select({ node: subtasks.activity, status: subtasks.status, count })
    .from(subtasks)
    .innerJoin(tasks, sql`${tasks.id} = ${subtasks.taskId} and ${open}`)
    .groupBy(subtasks.activity, subtasks.status),
})
