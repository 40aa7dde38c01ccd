import { TransactionRollbackError } from 'drizzle-orm'
import type { Said } from '../errors/say.ts'
import type { Db, Keys, TaskWithSubtasks } from '../store/acceptance.ts'
import type { Store } from '../store/index.ts'
import { type Footprint, footprintsOf } from './footprint.ts'

/** A task as it would be accepted, and what its cluster or proxies have on hosts. */
export interface Rehearsal {
  readonly task: TaskWithSubtasks
  readonly footprints: readonly Footprint[]
  readonly note?: Said
}

/**
 * What an acceptance would come to now, by the acceptance itself: its transaction is rolled back.
 */
export async function rehearse(
  transaction: Store['transaction'],
  accept: (tx: Db, keys: Keys) => Promise<Pick<Rehearsal, 'task' | 'note'>>,
): Promise<Rehearsal> {
  const found: Rehearsal[] = []
  try {
    await transaction(async (tx, keys) => {
      const accepted = await accept(tx, keys)
      found.push({ ...accepted, footprints: await footprintsOf(tx, keys, accepted.task) })
      throw new TransactionRollbackError()
    })
  } catch (error) {
    if (!(error instanceof TransactionRollbackError)) throw error
  }
  const [rehearsal] = found
  if (rehearsal === undefined) throw new Error('a rehearsal accepted nothing')
  return rehearsal
}
