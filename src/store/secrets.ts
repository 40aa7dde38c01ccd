import { eq, inArray, like } from 'drizzle-orm'
import type { Secret } from '../quote.ts'
import type { SecretRef, SecretsBelow } from '../secretOf.ts'
import type { Db } from './db.ts'
import type { Keys } from './key.ts'
import { type NewRows, newRows, theRow } from './rows.ts'
import * as schema from './schema/index.ts'
import { seal, unsealWith } from './seal.ts'

/** Passwords and keys by reference, see src/secretOf.ts; sealed at rest. */
export function secrets(db: Db, keys: Keys) {
  const table = schema.secrets
  const [first] = keys
  const sealed = (ref: SecretRef, secret: Secret) => ({
    ref,
    keyId: first.id,
    sealed: seal(first, ref, secret),
  })

  const get = async (ref: SecretRef): Promise<Secret> => {
    const row = theRow(await db.select().from(table).where(eq(table.ref, ref)), `secret ${ref}`)
    return unsealWith(keys, row.keyId, ref, row.sealed)
  }

  const put = async (ref: SecretRef, secret: Secret): Promise<void> => {
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
    async getOrCreate(ref: SecretRef, create: () => Secret): Promise<Secret> {
      await db.insert(table).values(sealed(ref, create())).onConflictDoNothing()
      return get(ref)
    },
    /** The row of a secret under a reference that is new. */
    newRow: (ref: SecretRef, secret: Secret): NewRows => newRows(table, [sealed(ref, secret)]),
    /** Those of these secrets that there are. */
    async known(refs: readonly SecretRef[]): Promise<ReadonlyMap<SecretRef, Secret>> {
      const rows = await db.select().from(table).where(inArray(table.ref, refs))
      const found = new Map(rows.map((row) => [row.ref, row]))
      return new Map(
        refs.flatMap((ref) => {
          const row = found.get(ref)
          return row ? [[ref, unsealWith(keys, row.keyId, ref, row.sealed)]] : []
        }),
      )
    },
    /** Forgets a secret. */
    async remove(ref: SecretRef): Promise<void> {
      await db.delete(table).where(eq(table.ref, ref))
    },
    /** Forgets all secrets below a reference, e.g. `cluster/22/`. */
    async removeBelow(prefix: SecretsBelow): Promise<void> {
      await db.delete(table).where(like(table.ref, `${prefix}%`))
    },
  }
}

export type Secrets = ReturnType<typeof secrets>
