import { and, asc, count, eq, ne, notInArray } from 'drizzle-orm'
import { StartError } from '../errors/startError.ts'
import type { Db } from './db.ts'
import type { Keys } from './key.ts'
import * as schema from './schema/index.ts'
import { seal, unsealWith } from './seal.ts'

const table = schema.secrets
const batchRows = 500

/**
 * Throws StartError when something in the store is sealed with a key that is not among these:
 * reading it would fail later, one secret at a time.
 */
export async function refuseUnknownKeys(db: Db, keys: Keys): Promise<void> {
  const ids = keys.map(({ id }) => id)
  const [unknown] = await db
    .select({ keyId: table.keyId, secrets: count() })
    .from(table)
    .where(notInArray(table.keyId, ids))
    .groupBy(table.keyId)
  if (unknown === undefined) return
  const known = ids.join(', ')
  throw new StartError(
    `key ${unknown.keyId} has sealed ${unknown.secrets} of the store's secrets and is none of this process's (${known}): give it back in OBFLOW_KEY or the key file, see docs/secrets.md`,
  )
}

/**
 * Reseals with the first key every secret that another key seals; returns how many. Others may read
 * and write meanwhile. After an interruption, call it again. When it returns, only the first key
 * seals anything.
 */
export async function reseal(db: Db, keys: Keys): Promise<number> {
  const [first] = keys
  let resealed = 0
  for (;;) {
    const others = ne(table.keyId, first.id)
    const rows = await db
      .select()
      .from(table)
      .where(others)
      .orderBy(asc(table.ref))
      .limit(batchRows)
    if (rows.length === 0) return resealed
    for (const { ref, keyId, sealed } of rows) {
      const anew = seal(first, ref, unsealWith(keys, keyId, ref, sealed))
      // Not if someone has put another secret there, or taken it away, since it was read.
      const asRead = and(eq(table.ref, ref), eq(table.sealed, sealed))
      const set = { keyId: first.id, sealed: anew }
      resealed += (await db.update(table).set(set).where(asRead).returning({ ref: table.ref }))
        .length
    }
  }
}
