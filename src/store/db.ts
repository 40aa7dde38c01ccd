import { fileURLToPath } from 'node:url'
import { sql } from 'drizzle-orm'
import { drizzle as overPg } from 'drizzle-orm/node-postgres'
import { migrate as migratePg } from 'drizzle-orm/node-postgres/migrator'
import type { PgDatabase, PgQueryResultHKT } from 'drizzle-orm/pg-core'
import { Client, Pool, type PoolClient } from 'pg'
import { StartError, wordsOf } from '../errors/startError.ts'
import { isAway } from './away.ts'
import { runsOn } from './prepared.ts'
import * as schema from './schema/index.ts'

/**
 * A database or a transaction in it. Inside a transaction use only what it gave you: PGlite has one
 * connection.
 */
export type Db = PgDatabase<PgQueryResultHKT, typeof schema>

export interface Connection {
  readonly db: Db
  /** Frees the room of rows that went; absent where the database does so by itself. */
  tidy?(): Promise<void>
  close(): Promise<void>
}

export interface ConnectOptions {
  /** PostgreSQL; absent: PGlite, inside this process. */
  readonly databaseUrl?: string | undefined
  /** Where PGlite keeps its files; absent: in memory. */
  readonly dataDir?: string | undefined
}

const migrationsFolder = fileURLToPath(new URL('./migrations', import.meta.url))
export const casing = 'snake_case'

// Any constant will do: it only has to be the same in every process that opens this schema.
const migrationLock = 4_203_114

/**
 * A server that says nothing is given up after this long, so that a call is answered and does not
 * hang.
 */
const connectTimeoutMs = 5_000
/** Longer than any statement takes, its wait for another's lock included. */
const statementTimeoutMs = 30_000

// A connection that breaks is told by its next statement; without a listener it would end the
// process.
const unheard = () => undefined

async function migrateInTurn(connectionString: string): Promise<void> {
  const client = new Client({ connectionString, connectionTimeoutMillis: connectTimeoutMs })
  client.on('error', unheard)
  try {
    await client.connect().catch((error: unknown) => {
      const where = `${client.host}:${client.port}, database ${client.database}, user ${client.user}`
      throw new StartError(
        `PostgreSQL (${where}, of DATABASE_URL) cannot be used: ${wordsOf(error)}`,
        { cause: error },
      )
    })
    const db = overPg(client, { casing })
    await db.execute(sql`select pg_advisory_lock(${migrationLock})`)
    await migratePg(db, { migrationsFolder })
  } finally {
    // The lock goes with the session.
    await client.end()
  }
}

/**
 * Transactions on connections that are given back whatever happens; drizzle's own keeps one whose
 * BEGIN failed.
 */
function transactions(pool: Pool): Db['transaction'] {
  const over = new WeakMap<PoolClient, Db>()
  return async (work, config) => {
    const client = await pool.connect()
    const db = over.get(client) ?? overPg(client, { schema, casing })
    over.set(client, db)
    let broken = false
    try {
      return await db.transaction((tx) => {
        runsOn(tx, db)
        return work(tx)
      }, config)
    } catch (error) {
      broken = isAway(error)
      throw error
    } finally {
      client.release(broken)
    }
  }
}

async function connectPg(connectionString: string): Promise<Connection> {
  await migrateInTurn(connectionString)
  const pool = new Pool({
    connectionString,
    max: 10,
    // Statements that wait for nothing but their turn are sent together.
    pipeline: true,
    connectionTimeoutMillis: connectTimeoutMs,
    query_timeout: statementTimeoutMs,
    keepAlive: true,
  })
  pool.on('error', unheard)
  // The pool listens to those that are idle only.
  pool.on('connect', (client) => void client.on('error', unheard))
  const db = Object.assign(overPg(pool, { schema, casing }), { transaction: transactions(pool) })
  return { db, close: () => pool.end() }
}

/**
 * Opens the database and brings its schema up to date; processes that open it together do so one
 * after the other. Throws StartError when PostgreSQL cannot be reached or refuses.
 */
export async function connect({ databaseUrl, dataDir }: ConnectOptions): Promise<Connection> {
  if (databaseUrl !== undefined) return connectPg(databaseUrl)
  // Loaded when it is wanted: it takes 170 MiB that a process with PostgreSQL can do without.
  const { connectPglite } = await import('./pglite.ts')
  return connectPglite(dataDir, { migrationsFolder, casing })
}
