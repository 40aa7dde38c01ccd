import { sql } from 'drizzle-orm'
import { integer, timestamp } from 'drizzle-orm/pg-core'

/** A moment, kept to the millisecond: OCP prints no more. */
export const instant = () => timestamp({ withTimezone: true, precision: 3, mode: 'date' })

export const createTime = () => instant().notNull().default(sql`now()`)
export const updateTime = () =>
  instant()
    .notNull()
    .default(sql`now()`)
    .$onUpdate(() => new Date())

/** A key the database gives out, from 1. */
export const id = () => integer().primaryKey().generatedByDefaultAsIdentity()

/** The sequences of ids that are taken before their rows are written. */
export const sequences = {
  clusters: 'cluster_ids',
  tasks: 'task_ids',
  subtasks: 'subtask_ids',
  users: 'user_ids',
} as const

/** A key of a sequence with a name. */
export const idOf = (owner: keyof typeof sequences, startWith: number) =>
  integer().primaryKey().generatedByDefaultAsIdentity({ name: sequences[owner], startWith })
