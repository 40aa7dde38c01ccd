import { fileURLToPath } from 'node:url'
import { sql } from 'drizzle-orm'
import { drizzle as overPg } from 'drizzle-orm/node-postgres'
import { migrate as migratePg } from 'drizzle-orm/node-postgres/migrator'
import type { PgDatabase, PgQueryResultHKT } from 'drizzle-orm/pg-core'
import { Pool } from 'pg'
import * as schema from './schema/index.ts'

/** A database or a transaction in it. Inside a transaction use only what it gave you: PGlite has one connection. */
export type Db = PgDatabase<PgQueryResultHKT, typeof schema>

export interface Connection {
  readonly db: Db
  close(): Promise<void>
}

export interface ConnectOptions {
  /** PostgreSQL; absent: PGlite, inside this process. */
  readonly databaseUrl?: string | undefined
  /** Where PGlite keeps its files; absent: in memory. */
  readonly dataDir?: string | undefined
}

const migrationsFolder = fileURLToPath(new URL('./migrations', import.meta.url))
const casing = 'snake_case'

// Any constant will do: it only has to be the same in every process that opens this schema.
const migrationLock = 4_203_114

async function connectPg(connectionString: string): Promise<Connection> {
  const pool = new Pool({ connectionString, max: 10 })
  // An idle connection that breaks is replaced at the next query; without a listener it would end the process.
  pool.on('error', () => {})
  const client = await pool.connect()
  try {
    const db = overPg(client, { casing })
    await db.execute(sql`select pg_advisory_lock(${migrationLock})`)
    try {
      await migratePg(db, { migrationsFolder })
    } finally {
      await db.execute(sql`select pg_advisory_unlock(${migrationLock})`)
    }
  } finally {
    client.release()
  }
  return { db: overPg(pool, { schema, casing }), close: () => pool.end() }
}

/** Opens the database and brings its schema up to date; processes that open it together do so one after the other. */
export async function connect({ databaseUrl, dataDir }: ConnectOptions): Promise<Connection> {
  if (databaseUrl !== undefined) return connectPg(databaseUrl)
  // Loaded when it is wanted: it takes 170 MiB that a process with PostgreSQL can do without.
  const { connectPglite } = await import('./pglite.ts')
  return connectPglite(dataDir, { migrationsFolder, casing })
}
