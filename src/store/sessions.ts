import { and, desc, eq, gt, inArray, lte, or } from 'drizzle-orm'
import type { Db } from './db.ts'
import * as schema from './schema/index.ts'
import type { User } from './users.ts'

export interface Session {
  readonly user: User
  readonly createTime: Date
  readonly lastUsed: Date
}

/** A session counts while it began and was used after these moments. */
export interface SessionLimits {
  readonly begunAfter: Date
  readonly usedAfter: Date
}

/** Sessions that a user may have at a time; a new one ends the one unused for longest. */
const maxPerUser = 50

/** Logins by form. They go with their user, and when the password changes. */
export function sessions(db: Db) {
  const { sessions: table, users } = schema
  return {
    /**
     * Keeps a new session of a user whose password was checked against this hash, and sweeps out
     * what is over. Tells whether it did: the user may be gone or have another password by now.
     */
    create: (
      {
        tokenHash,
        user,
        now,
      }: {
        readonly tokenHash: string
        readonly user: Pick<User, 'id' | 'passwordHash'>
        readonly now: Date
      },
      { begunAfter, usedAfter }: SessionLimits,
    ): Promise<boolean> =>
      db.transaction(async (tx) => {
        // Locked: a change of the password ends this session too, or comes before it.
        const [found] = await tx
          .select({ passwordHash: users.passwordHash })
          .from(users)
          .where(eq(users.id, user.id))
          .for('update')
        if (found?.passwordHash !== user.passwordHash) return false
        await tx
          .delete(table)
          .where(or(lte(table.createTime, begunAfter), lte(table.lastUsed, usedAfter)))
        const surplus = tx
          .select({ tokenHash: table.tokenHash })
          .from(table)
          .where(eq(table.userId, user.id))
          .orderBy(desc(table.lastUsed), desc(table.createTime))
          .offset(maxPerUser - 1)
        await tx.delete(table).where(inArray(table.tokenHash, surplus))
        await tx
          .insert(table)
          .values({ tokenHash, userId: user.id, createTime: now, lastUsed: now })
        return true
      }),
    /** The session of a token with its user as the user is now; undefined when it is over. */
    async get(
      tokenHash: string,
      { begunAfter, usedAfter }: SessionLimits,
    ): Promise<Session | undefined> {
      const [row] = await db
        .select({ user: users, createTime: table.createTime, lastUsed: table.lastUsed })
        .from(table)
        .innerJoin(users, eq(users.id, table.userId))
        .where(
          and(
            eq(table.tokenHash, tokenHash),
            gt(table.createTime, begunAfter),
            gt(table.lastUsed, usedAfter),
          ),
        )
      return row
    },
    /** Those of some tokens whose sessions go on. */
    async open(
      tokenHashes: readonly string[],
      { begunAfter, usedAfter }: SessionLimits,
    ): Promise<ReadonlySet<string>> {
      const rows = await db
        .select({ tokenHash: table.tokenHash })
        .from(table)
        .where(
          and(
            inArray(table.tokenHash, tokenHashes),
            gt(table.createTime, begunAfter),
            gt(table.lastUsed, usedAfter),
          ),
        )
      return new Set(rows.map((row) => row.tokenHash))
    },
    async use(tokenHash: string, now: Date): Promise<void> {
      await db.update(table).set({ lastUsed: now }).where(eq(table.tokenHash, tokenHash))
    },
    async end(tokenHash: string): Promise<void> {
      await db.delete(table).where(eq(table.tokenHash, tokenHash))
    },
  }
}
