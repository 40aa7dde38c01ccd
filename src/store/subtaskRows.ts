import { and, asc, eq, getTableColumns, type SQL, sql } from 'drizzle-orm'
import { z } from 'zod'
import { said, saidCause } from '../errors/saidShape.ts'
import { columnwise } from './columnwise.ts'
import type { Db } from './db.ts'
import type { Subtask } from './newTask.ts'
import * as schema from './schema/index.ts'

const { subtasks: table } = schema
const columns = getTableColumns(table)

const summary = z.object({
  id: z.int(),
  taskId: z.int(),
  name: z.string(),
  operation: z.enum(schema.operations),
  status: z.enum(schema.subtaskStatuses),
})
/** What a line of the task list shows of a subtask. */
export type SubtaskSummary = z.infer<typeof summary>

export const time = z.string().transform((text) => new Date(text))
const cause = z.object({
  code: z.string(),
  message: z.string(),
  advice: z.string().exactOptional(),
  host: z.string().exactOptional(),
  // What another release wrote is read as English.
  said: saidCause.optional().catch(undefined),
})
const subtask = summary.extend({
  index: z.int(),
  activity: z.string(),
  runTime: z.int(),
  parallelIdx: z.int(),
  hostId: z.int().nullable(),
  ip: z.string().nullable(),
  zone: z.string().nullable(),
  upstreams: z.array(z.int()),
  downstreams: z.array(z.int()),
  timeout: z.int(),
  prohibitRollback: z.boolean(),
  prohibitSkip: z.boolean(),
  executor: z.string().nullable(),
  undo: z.string().nullable(),
  attempt: z.int(),
  lastMessage: said.nullable(),
  revision: z.int(),
  cause: cause.nullable(),
  createTime: time,
  startTime: time.nullable(),
  finishTime: time.nullable(),
})

const whole = columnwise(subtask, columns)
const short = columnwise(summary, columns)

/** The subtasks of a task, or some of them, in order. */
export const subtasksOf = (db: Db, taskId: number, which?: SQL): SQL<Subtask[]> =>
  whole.from(
    db
      .select(whole.fields)
      .from(table)
      .where(and(eq(table.taskId, taskId), which))
      .orderBy(asc(table.index))
      .as('subtasks'),
  )

/**
 * What a list shows of the subtasks of some tasks, whose ids a query gives: those of each task in
 * order.
 */
export const summariesOf = (db: Db, taskIds: SQL): SQL<SubtaskSummary[]> =>
  short.from(
    db
      .select(short.fields)
      .from(table)
      // As an array: then even a planner that knows nothing of these tables goes by the index.
      .where(sql`${table.taskId} = any(array(${taskIds}))`)
      .orderBy(asc(table.taskId), asc(table.index))
      .as('subtasks'),
  )
