import { asc, eq } from 'drizzle-orm'
import type { Secret } from '../quote.ts'
import { secretOf } from '../secretOf.ts'
import type { Db } from './db.ts'
import type { Keys } from './key.ts'
import * as schema from './schema/index.ts'
import { secrets } from './secrets.ts'
import type { User } from './users.ts'

export type AccessKey = typeof schema.accessKeys.$inferSelect

/**
 * Keys with which programs sign their calls. Signatures are checked with the secret itself, so it
 * is sealed, not hashed.
 */
export function accessKeys(db: Db, keys: Keys) {
  const { accessKeys: table, users } = schema
  return {
    /** The new key; `many` when the user has the most already, `missing` when the user is gone. */
    create: (
      { secret, ...row }: { readonly id: string; readonly userId: number; readonly secret: Secret },
      most: number,
    ): Promise<AccessKey | 'many' | 'missing'> =>
      db.transaction(async (tx) => {
        // Locked: of several at once each counts those before it, and the user does not go in
        // between.
        const [user] = await tx
          .select({ id: users.id })
          .from(users)
          .where(eq(users.id, row.userId))
          .for('update')
        if (user === undefined) return 'missing'
        if ((await tx.$count(table, eq(table.userId, row.userId))) >= most) return 'many'
        const [created] = await tx.insert(table).values(row).returning()
        if (created === undefined) throw new Error('no access key was made')
        await secrets(tx, keys).put(secretOf.accessKey(row.id), secret)
        return created
      }),
    list: (userId: number): Promise<AccessKey[]> =>
      db
        .select()
        .from(table)
        .where(eq(table.userId, userId))
        .orderBy(asc(table.createTime), asc(table.id)),
    /** Whose key it is, and what it signs with. */
    async owner(id: string): Promise<{ readonly user: User; readonly secret: Secret } | undefined> {
      const [row] = await db
        .select({ user: users })
        .from(table)
        .innerJoin(users, eq(users.id, table.userId))
        .where(eq(table.id, id))
      return row && { user: row.user, secret: await secrets(db, keys).get(secretOf.accessKey(id)) }
    },
    /** Removes a key of a user; tells whether there was one. */
    remove: (id: string, userId: number): Promise<boolean> =>
      db.transaction(async (tx) => {
        const [found] = await tx.select().from(table).where(eq(table.id, id)).for('update')
        if (found?.userId !== userId) return false
        await tx.delete(table).where(eq(table.id, id))
        await secrets(tx, keys).remove(secretOf.accessKey(id))
        return true
      }),
  }
}
