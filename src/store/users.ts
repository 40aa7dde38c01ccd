import { eq } from 'drizzle-orm'
import type { Db } from './db.ts'
import * as schema from './schema/index.ts'

export type User = typeof schema.users.$inferSelect

/** Who may call. */
export const users = (db: Db) => ({
  async byName(username: string): Promise<User | undefined> {
    return (await db.select().from(schema.users).where(eq(schema.users.username, username)))[0]
  },
  /** Creates a user unless that name or id is there; tells whether it did. */
  async createOnce(user: Omit<User, 'createTime'>): Promise<boolean> {
    return (await db.insert(schema.users).values(user).onConflictDoNothing().returning({ id: schema.users.id })).length > 0
  },
  async setPasswordHash(id: number, passwordHash: string): Promise<void> {
    await db.update(schema.users).set({ passwordHash }).where(eq(schema.users.id, id))
  },
})
