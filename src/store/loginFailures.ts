import { eq, inArray, lte, sql } from 'drizzle-orm'
import type { Db } from './db.ts'
import { theRow } from './rows.ts'
import * as schema from './schema/index.ts'

/** Wrong passwords lately, by subject; kept here so that all API processes count together. */
export function loginFailures(db: Db) {
  const table = schema.loginFailures
  return {
    /** How many there are, and until when, of the subjects that have any. */
    async of(
      subjects: readonly string[],
      now: Date,
    ): Promise<ReadonlyMap<string, { failures: number; until: Date }>> {
      const rows = await db.select().from(table).where(inArray(table.subject, subjects))
      return new Map(rows.filter(({ until }) => until > now).map((row) => [row.subject, row]))
    },
    /**
     * Counts one more, remembered until a moment, and gives their number. What is over by now is
     * swept out on the way.
     */
    async add(subject: string, now: Date, until: Date): Promise<number> {
      await db.delete(table).where(lte(table.until, now))
      const rows = await db
        .insert(table)
        .values({ subject, failures: 1, until })
        .onConflictDoUpdate({
          target: table.subject,
          set: { failures: sql`${table.failures} + 1`, until },
        })
        .returning({ failures: table.failures })
      return theRow(rows, `login failures of ${subject}`).failures
    },
    /** Forgets all of them: every user and address may try again. */
    async clear(): Promise<void> {
      await db.delete(table)
    },
    async forget(subject: string): Promise<void> {
      await db.delete(table).where(eq(table.subject, subject))
    },
  }
}
