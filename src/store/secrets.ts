import { eq, like } from 'drizzle-orm'
import type { Secret } from '../quote.ts'
import type { Db } from './db.ts'
import type { Keys } from './key.ts'
import { theRow } from './rows.ts'
import * as schema from './schema/index.ts'
import { seal, unsealWith } from './seal.ts'

/** Passwords and keys by reference, e.g. `cluster/22/root`, `cluster/22/proxyro`, `credential/3`; sealed at rest. */
export function secrets(db: Db, keys: Keys) {
  const table = schema.secrets
  const [first] = keys
  const sealed = (ref: string, secret: Secret) => ({ ref, keyId: first.id, sealed: seal(first, ref, secret) })

  const get = async (ref: string): Promise<Secret> => {
    const row = theRow(await db.select().from(table).where(eq(table.ref, ref)), `secret ${ref}`)
    return unsealWith(keys, row.keyId, ref, row.sealed)
  }

  const put = async (ref: string, secret: Secret): Promise<void> => {
    const row = sealed(ref, secret)
    const set = { keyId: row.keyId, sealed: row.sealed, updateTime: new Date() }
    await db.insert(table).values(row).onConflictDoUpdate({ target: table.ref, set })
  }

  return {
    /** The secret; throws when there is none. */
    get,
    /** Stores a secret, in place of what was there. */
    put,
    /** The secret that is there, or a new one: callers at the same time all get the same. */
    async getOrCreate(ref: string, create: () => Secret): Promise<Secret> {
      await db.insert(table).values(sealed(ref, create())).onConflictDoNothing()
      return get(ref)
    },
    /** Stores the same secret under another reference too; does nothing when there is none. */
    async copy(from: string, to: string): Promise<void> {
      const known = await db.select({ ref: table.ref }).from(table).where(eq(table.ref, from))
      if (known.length > 0) await put(to, await get(from))
    },
    /** Forgets a secret. */
    async remove(ref: string): Promise<void> {
      await db.delete(table).where(eq(table.ref, ref))
    },
    /** Forgets all secrets below a reference, e.g. `cluster/22/`. */
    async removeBelow(prefix: string): Promise<void> {
      await db.delete(table).where(like(table.ref, `${prefix}%`))
    },
  }
}

export type Secrets = ReturnType<typeof secrets>
