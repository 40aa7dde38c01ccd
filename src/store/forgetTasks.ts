import { and, inArray, lt } from 'drizzle-orm'
import type { Db } from './db.ts'
import { tasks } from './schema/index.ts'

/** A statement's share: each takes its subtasks and their logs with it. */
const atOnce = 20

/**
 * Forgets tasks that ended for good before a moment, with their logs; a FAILED one that waits for a
 * retry has not ended. Gives how many those were.
 */
export async function forgetTasks(db: Db, before: Date): Promise<number> {
  for (let forgotten = 0; ; ) {
    const old = await db
      .select({ id: tasks.id })
      .from(tasks)
      .where(and(inArray(tasks.status, ['SUCCESSFUL', 'FAILED']), lt(tasks.finishTime, before)))
      .orderBy(tasks.finishTime)
      .limit(atOnce)
    if (old.length === 0) return forgotten
    const ids = old.map(({ id }) => id)
    // Its end may have been taken back in between, by a retry.
    const gone = await db
      .delete(tasks)
      .where(and(inArray(tasks.id, ids), lt(tasks.finishTime, before)))
      .returning({ id: tasks.id })
    if (gone.length === 0) return forgotten
    forgotten += gone.length
  }
}
