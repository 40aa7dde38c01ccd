import { and, eq, isNull, type SQL, sql } from 'drizzle-orm'
import type { Db } from './db.ts'
import { tasks } from './schema/index.ts'

/**
 * Ends FAILED tasks for good: what they made is taken away by others, so nobody can retry them or
 * roll them back. They stay FAILED; their runs in Temporal are told, and end.
 */
export async function endTasks(tx: Db, which: SQL | undefined): Promise<void> {
  await tx
    .update(tasks)
    .set({
      finishTime: new Date(),
      revision: sql`${tasks.revision} + 1`,
      acceptedRevision: sql`${tasks.revision} + 1`,
    })
    .where(and(which, eq(tasks.status, 'FAILED'), isNull(tasks.finishTime)))
}
