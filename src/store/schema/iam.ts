import { sql } from 'drizzle-orm'
import { index, integer, pgTable, text } from 'drizzle-orm/pg-core'
import { createTime, idOf, instant, updateTime } from './columns.ts'

export const users = pgTable('users', {
  id: idOf('users', 201),
  username: text().notNull().unique(),
  passwordHash: text().notNull(),
  /** Names of OCP's built-in roles. */
  roles: text().array().notNull().default(sql`'{}'::text[]`),
  createTime: createTime(),
  updateTime: updateTime(),
})

/**
 * Keys with which programs sign their calls; what they sign with is the secret `accessKey/<id>`.
 */
export const accessKeys = pgTable(
  'access_keys',
  {
    /** OCP's AK. */
    id: text().primaryKey(),
    userId: integer()
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    createTime: createTime(),
  },
  (table) => [index('access_keys_user').on(table.userId)],
)

/** Logins by form, each named by the hash of a token that only the browser has. */
export const sessions = pgTable(
  'sessions',
  {
    /** SHA-256 of the token. */
    tokenHash: text().primaryKey(),
    userId: integer()
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    createTime: instant().notNull(),
    lastUsed: instant().notNull(),
  },
  (table) => [index('sessions_user').on(table.userId)],
)

/**
 * Wrong passwords lately: of a user name (`user/admin`), whether there is such a user or not, and
 * from an address (`client/10.0.0.9`).
 */
export const loginFailures = pgTable(
  'login_failures',
  {
    subject: text().primaryKey(),
    failures: integer().notNull(),
    /** When they are forgotten. */
    until: instant().notNull(),
  },
  (table) => [index('login_failures_until').on(table.until)],
)
