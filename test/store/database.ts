import { randomBytes, randomUUID } from 'node:crypto'
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PGlite } from '@electric-sql/pglite'
import { getTableName, is, sql } from 'drizzle-orm'
import { PgTable } from 'drizzle-orm/pg-core'
import { drizzle } from 'drizzle-orm/pglite'
import { Client } from 'pg'
import { startPostgres } from '../../lab/chaos/postgres.ts'
import { type Connection, casing, connect } from '../../src/store/db.ts'
import { parseKeys, type Store, storeOver } from '../../src/store/index.ts'
import * as schema from '../../src/store/schema/index.ts'
import { emptyDatabase } from '../support/emptyDatabase.ts'
import { type TestOperations, testOperations } from './operations.ts'

export interface TestStore {
  readonly store: Store
  readonly operations: TestOperations
  readonly db: Connection['db']
  /** Every row of every table, in a stable order. */
  dump(): Promise<Record<string, unknown[]>>
  /** Empties every table and begins ids anew. */
  reset(): Promise<void>
  close(): Promise<void>
}

const tables = Object.values<unknown>(schema).filter((value) => is(value, PgTable))

export const newKeys = () => parseKeys(randomBytes(32).toString('hex'))

/** Every row of every table, in a stable order. */
export async function dump(db: Connection['db']): Promise<Record<string, unknown[]>> {
  const rows: Record<string, unknown[]> = {}
  for (const table of tables)
    rows[getTableName(table)] = await db.select().from(table).orderBy(sql`1, 2`)
  return rows
}

function testStore(connection: Connection, drop: () => Promise<void> = async () => {}): TestStore {
  const { db } = connection
  const store = storeOver(connection, newKeys())
  return {
    store,
    operations: testOperations(store),
    db,
    dump: () => dump(db),
    async reset() {
      const names = tables.map((table) => sql.identifier(getTableName(table)))
      await db.execute(sql`truncate ${sql.join(names, sql`, `)} restart identity cascade`)
    },
    async close() {
      await connection.close()
      await drop()
    },
  }
}

/**
 * In memory: its tables are emptied before each test, and on a disk each time waits for the disk.
 */
async function openPglite(): Promise<TestStore> {
  const client = await PGlite.create({ loadDataDir: await emptyDatabase() })
  return testStore({ db: drizzle(client, { schema, casing }), close: () => client.close() })
}

async function openPostgres(server: string): Promise<TestStore> {
  const name = `obflow_test_${randomUUID().replaceAll('-', '')}`
  const inServer = async (statement: string): Promise<void> => {
    const client = new Client({ connectionString: server })
    await client.connect()
    await client.query(statement)
    await client.end()
  }
  await inServer(`create database ${name}`)
  const url = new URL(server)
  url.pathname = `/${name}`
  const databaseUrl = url.toString()
  // Several processes open a new schema at once: each must find it whole.
  const [connection, ...others] = await Promise.all([
    connect({ databaseUrl }),
    connect({ databaseUrl }),
    connect({ databaseUrl }),
  ])
  await Promise.all(others.map((other) => other.close()))
  return testStore(connection, () => inServer(`drop database ${name}`))
}

/** On a server that is there for this store alone. */
async function openOwnPostgres(): Promise<TestStore> {
  await using made = new AsyncDisposableStack()
  const dir = mkdtempSync(join(tmpdir(), 'obflow-store-'))
  made.defer(() => rmSync(dir, { recursive: true, force: true }))
  // PostgreSQL runs as a user of its own.
  chmodSync(dir, 0o711)
  const own = await startPostgres(join(dir, 'postgres'))
  made.defer(() => own.close())
  const opened = await openPostgres(own.url)
  made.defer(opened.close)
  const all = made.move()
  return { ...opened, close: () => all.disposeAsync() }
}

const server = process.env.OBFLOW_TEST_DATABASE_URL

/**
 * Both databases, for a race is none in PGlite, which has one connection. OBFLOW_TEST_DATABASE_URL
 * names another PostgreSQL, on which databases may be made.
 */
export const databases: readonly { readonly name: string; open(): Promise<TestStore> }[] = [
  { name: 'PGlite', open: openPglite },
  { name: 'PostgreSQL', open: () => (server ? openPostgres(server) : openOwnPostgres()) },
]

export const openTestStore = openPglite
