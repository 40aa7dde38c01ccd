import { eq, ilike, inArray, sql } from 'drizzle-orm'
import { secretOf } from '../secretOf.ts'
import type { Db } from './db.ts'
import type { Keys } from './key.ts'
import { containing, order, type Page, type Paging, pageOf } from './paging.ts'
import { prepared } from './prepared.ts'
import * as schema from './schema/index.ts'
import { secrets } from './secrets.ts'

export type User = typeof schema.users.$inferSelect
export type NewUser = Pick<User, 'username' | 'passwordHash' | 'roles'>

/** Asked by each call that sends a login. */
const named = prepared((db) =>
  db
    .select()
    .from(schema.users)
    .where(eq(schema.users.username, sql.placeholder('username')))
    .prepare('obflow_user_named'),
)

/** Who may call. */
export const users = (db: Db, keys: Keys) => {
  const table = schema.users
  return {
    async byName(username: string): Promise<User | undefined> {
      return (await named(db).execute({ username }))[0]
    },
    async get(id: number): Promise<User | undefined> {
      return (await db.select().from(table).where(eq(table.id, id)))[0]
    },
    /** Those that are there, by id. */
    async many(ids: readonly number[]): Promise<ReadonlyMap<number, User>> {
      const rows = await db.select().from(table).where(inArray(table.id, ids))
      return new Map(rows.map((row) => [row.id, row]))
    },
    async list(
      { keyword }: { readonly keyword?: string | undefined },
      paging: Paging,
    ): Promise<Page<User>> {
      const where = keyword === undefined ? undefined : ilike(table.username, containing(keyword))
      const sortable = { id: table.id, username: table.username, createTime: table.createTime }
      const rows = db
        .select()
        .from(table)
        .where(where)
        .orderBy(...order(paging, sortable, table.id))
      return pageOf(rows, db.$count(table, where), paging)
    },
    /** The new user; undefined when the name is taken. */
    create: (user: NewUser): Promise<User | undefined> =>
      db.transaction(async (tx) => {
        if ((await tx.select().from(table).where(eq(table.username, user.username))).length > 0)
          return undefined
        return (await tx.insert(table).values(user).onConflictDoNothing().returning())[0]
      }),
    /** Creates a user unless that name or id is there; tells whether it did. */
    async createOnce(user: NewUser & { readonly id: number }): Promise<boolean> {
      return (
        (await db.insert(table).values(user).onConflictDoNothing().returning({ id: table.id }))
          .length > 0
      )
    },
    /** Ends the user's sessions, too. */
    setPasswordHash: (id: number, passwordHash: string): Promise<void> =>
      db.transaction(async (tx) => {
        await tx.update(table).set({ passwordHash }).where(eq(table.id, id))
        await tx.delete(schema.sessions).where(eq(schema.sessions.userId, id))
      }),
    async setRoles(id: number, roles: readonly string[]): Promise<User | undefined> {
      return (
        await db
          .update(table)
          .set({ roles: [...roles] })
          .where(eq(table.id, id))
          .returning()
      )[0]
    },
    /** Removes a user and the keys with which it signs. */
    remove: (id: number): Promise<void> =>
      db.transaction(async (tx) => {
        const owned = await tx
          .delete(schema.accessKeys)
          .where(eq(schema.accessKeys.userId, id))
          .returning()
        for (const each of owned) await secrets(tx, keys).remove(secretOf.accessKey(each.id))
        await tx.delete(table).where(eq(table.id, id))
      }),
  }
}
