import { eq, getTableColumns, inArray, type SQL, sql } from 'drizzle-orm'
import { z } from 'zod'
import type { Db } from './db.ts'
import type { Subtask } from './newTask.ts'
import * as schema from './schema/index.ts'

/** What a line of the task list shows of a subtask. */
export type SubtaskSummary = Pick<Subtask, 'id' | 'name' | 'operation' | 'status'>

const { subtasks: table } = schema
const columns = getTableColumns(table)

const summary = {
  id: z.int(),
  name: z.string(),
  operation: z.enum(schema.operations),
  status: z.enum(schema.subtaskStatuses),
}
const time = z.string().transform((text) => new Date(text))
const cause = z.object({
  code: z.string(),
  message: z.string(),
  advice: z.string().exactOptional(),
  host: z.string().exactOptional(),
})
const subtask: z.ZodType<Subtask> = z.object({
  ...summary,
  taskId: z.int(),
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
  cause: cause.nullable(),
  createTime: time,
  startTime: time.nullable(),
  finishTime: time.nullable(),
})

const parsed = <Row>(row: z.ZodType<Row>) =>
  z
    .string()
    .transform((text): unknown => JSON.parse(text))
    .pipe(z.array(row))
const subtasks = parsed(subtask)
const summaries = parsed(z.object(summary))

/** Many rows as one text: a wide task read row by row costs several times what the database makes of it. */
const asJson = (names: readonly (keyof typeof columns)[]): SQL => {
  const pairs = names.map((name) => sql`${sql.raw(`'${name}'`)}, ${columns[name]}`)
  return sql`coalesce(json_agg(json_build_object(${sql.join(pairs, sql`, `)}) order by ${table.index}), '[]')::text`
}
const names = (shape: object) => Object.keys(columns).filter((name): name is keyof typeof columns => name in shape)
const whole = asJson(names(columns))
const short = asJson(names(summary))

/** The subtasks of a task, in order. */
export async function subtasksOf(db: Db, taskId: number): Promise<Subtask[]> {
  const rows = await db
    .select({ all: sql`${whole}`.mapWith(subtasks.parse) })
    .from(table)
    .where(eq(table.taskId, taskId))
  return rows[0]?.all ?? []
}

/** What a list shows of the subtasks of each of some tasks. */
export async function summariesOf(db: Db, taskIds: readonly number[]): Promise<ReadonlyMap<number, SubtaskSummary[]>> {
  const rows = await db
    .select({ taskId: table.taskId, all: sql`${short}`.mapWith(summaries.parse) })
    .from(table)
    .where(inArray(table.taskId, [...taskIds]))
    .groupBy(table.taskId)
  return new Map(rows.map(({ taskId, all }) => [taskId, all]))
}
