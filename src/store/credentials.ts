import { and, eq, ne, or, sql } from 'drizzle-orm'
import type { Secret } from '../quote.ts'
import { secretOf } from '../secretOf.ts'
import type { Db } from './db.ts'
import type { Keys } from './key.ts'
import { type Removal, usedByHosts } from './named.ts'
import type { Creator } from './newTask.ts'
import { order, type Page, type Paging, pageOf } from './paging.ts'
import { theRow } from './rows.ts'
import * as schema from './schema/index.ts'
import { secrets } from './secrets.ts'

export type Credential = typeof schema.credentials.$inferSelect

export interface NewCredential {
  readonly name: string
  readonly targetType: Credential['targetType']
  readonly type: Credential['type']
  readonly username: string
  readonly passphrase: Secret
  /** Whose it is: only that user chooses where it is used. */
  readonly owner: Creator
  readonly sharedAddresses?: readonly string[] | undefined
}

/** What is to change; what is absent stays. */
export interface CredentialChange {
  readonly name?: string | undefined
  readonly type?: Credential['type'] | undefined
  readonly username?: string | undefined
  readonly passphrase?: Secret | undefined
  readonly sharedAddresses?: readonly string[] | undefined
}

/** Who looks: a user sees what is its own or shared, an administrator (`all`) everything. */
export interface CredentialReader {
  readonly id: number
  readonly all: boolean
}

/**
 * Logins for hosts. What is read here never holds the password or key: that is the secret
 * `credential/<id>`.
 */
export function credentials(db: Db, keys: Keys) {
  const table = schema.credentials
  return {
    /** The new credential; undefined when the name is taken. */
    create: ({
      passphrase,
      owner,
      sharedAddresses = [],
      ...facts
    }: NewCredential): Promise<Credential | undefined> =>
      db.transaction(async (tx) => {
        const values = {
          ...facts,
          ownerId: owner.id,
          owner: owner.name,
          sharedAddresses: [...sharedAddresses],
        }
        const row = (await tx.insert(table).values(values).onConflictDoNothing().returning())[0]
        if (row !== undefined) await secrets(tx, keys).put(secretOf.credential(row.id), passphrase)
        return row
      }),
    async get(id: number): Promise<Credential | undefined> {
      return (await db.select().from(table).where(eq(table.id, id)))[0]
    },
    /**
     * Changes what is given; `missing` when there is no such credential, `taken` when the new name
     * is. Later logins use the new one.
     */
    update: (
      id: number,
      { passphrase, sharedAddresses, ...facts }: CredentialChange,
    ): Promise<Credential | 'missing' | 'taken'> =>
      db.transaction(async (tx) => {
        const before = (await tx.select().from(table).where(eq(table.id, id)).for('update'))[0]
        if (before === undefined) return 'missing'
        const { name } = facts
        const namesakes =
          name === undefined
            ? []
            : await tx
                .select()
                .from(table)
                .where(and(eq(table.name, name), ne(table.id, id)))
        if (namesakes.length > 0) return 'taken'
        if (passphrase !== undefined)
          await secrets(tx, keys).put(secretOf.credential(id), passphrase)
        const set = {
          ...facts,
          ...(sharedAddresses && { sharedAddresses: [...sharedAddresses] }),
          updateTime: new Date(),
        }
        return theRow(
          await tx.update(table).set(set).where(eq(table.id, id)).returning(),
          `credential ${id}`,
        )
      }),
    /** Forgets a credential and its secret; `used` while a host is reached with it. */
    remove: (id: number): Promise<Removal> =>
      db.transaction(async (tx) => {
        const found = await tx.select().from(table).where(eq(table.id, id)).for('update')
        if (found.length === 0) return 'missing'
        const used = await usedByHosts(tx, eq(schema.hosts.credentialId, id))
        if (used) return used
        await tx.delete(table).where(eq(table.id, id))
        await secrets(tx, keys).remove(secretOf.credential(id))
        return 'gone'
      }),
    async list({ id, all }: CredentialReader, paging: Paging): Promise<Page<Credential>> {
      const shared = sql`cardinality(${table.sharedAddresses}) > 0`
      const where = all ? undefined : or(eq(table.ownerId, id), shared)
      const rows = db
        .select()
        .from(table)
        .where(where)
        .orderBy(...order(paging, { id: table.id, name: table.name }, table.id))
      return pageOf(rows, db.$count(table, where), paging)
    },
  }
}
