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
