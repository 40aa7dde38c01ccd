import { TransactionRollbackError } from 'drizzle-orm'
import type { Db } from '../store/db.ts'
import type { Keys } from '../store/key.ts'
import type { TaskWithSubtasks } from '../store/newTask.ts'
import { type Footprint, footprintsOf } from './footprint.ts'

/** A task as it would be accepted, and what its cluster or proxies have on hosts. */
export interface Rehearsal {
  readonly task: TaskWithSubtasks
  readonly footprints: readonly Footprint[]
}

/** What an acceptance would come to now, by the acceptance itself: its transaction is rolled back. */
export async function rehearse(db: Db, keys: Keys, accept: (tx: Db) => Promise<TaskWithSubtasks>): Promise<Rehearsal> {
  const found: Rehearsal[] = []
  try {
    await db.transaction(async (tx) => {
      const task = await accept(tx)
      found.push({ task, footprints: await footprintsOf(tx, keys, task) })
      tx.rollback()
    })
  } catch (error) {
    if (!(error instanceof TransactionRollbackError)) throw error
  }
  const [rehearsal] = found
  if (rehearsal === undefined) throw new Error('a rehearsal accepted nothing')
  return rehearsal
}
