import { count, eq } from 'drizzle-orm'
import type { Secret } from '../quote.ts'
import type { Db } from './db.ts'
import type { Key } from './key.ts'
import { order, type Page, type Paging, window } from './paging.ts'
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
}

/** Logins for hosts. What is read here never holds the password or key: that is the secret `credential/<id>`. */
export function credentials(db: Db, key: Key) {
  const table = schema.credentials
  return {
    /** The new credential; undefined when the name is taken. */
    create: ({ passphrase, ...facts }: NewCredential): Promise<Credential | undefined> =>
      db.transaction(async (tx) => {
        const row = (await tx.insert(table).values(facts).onConflictDoNothing().returning())[0]
        if (row !== undefined) await secrets(tx, key).put(`credential/${row.id}`, passphrase)
        return row
      }),
    async get(id: number): Promise<Credential | undefined> {
      return (await db.select().from(table).where(eq(table.id, id)))[0]
    },
    async list(paging: Paging): Promise<Page<Credential>> {
      const { limit, offset } = window(paging)
      const contents = await db
        .select()
        .from(table)
        .orderBy(...order(paging, { id: table.id, name: table.name }, table.id))
        .limit(limit)
        .offset(offset)
      return { contents, total: theRow(await db.select({ total: count() }).from(table), 'count').total }
    },
  }
}
