import { and, desc, eq, lt } from 'drizzle-orm'
import type { Db } from './db.ts'
import { type Page, type Paging, pageOf } from './paging.ts'
import { insertAll, newRows } from './rows.ts'
import * as schema from './schema/index.ts'

const { audit: table } = schema

/** A call that somebody made. */
export type AuditedCall = typeof table.$inferSelect

/** The book of calls that may have changed something. */
export const audit = (db: Db) => ({
  add: (call: typeof table.$inferInsert): Promise<void> => insertAll(db, [newRows(table, [call])]),
  /** Newest first. */
  async list(
    {
      taskId,
      username,
    }: { readonly taskId?: number | undefined; readonly username?: string | undefined },
    paging: Paging,
  ): Promise<Page<AuditedCall>> {
    const where = and(
      taskId === undefined ? undefined : eq(table.taskId, taskId),
      username === undefined ? undefined : eq(table.username, username),
    )
    const rows = db.select().from(table).where(where).orderBy(desc(table.id))
    return pageOf(rows, db.$count(table, where), paging)
  },
  /** Forgets what is older than a moment. */
  async sweep(before: Date): Promise<void> {
    await db.delete(table).where(lt(table.time, before))
  },
})
