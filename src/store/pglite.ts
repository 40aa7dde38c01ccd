import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { setImmediate as turn } from 'node:timers/promises'
import { PGlite } from '@electric-sql/pglite'
import { drizzle } from 'drizzle-orm/pglite'
import { migrate } from 'drizzle-orm/pglite/migrator'
import { z } from 'zod'
import { restrict } from '../privateDir.ts'
import type { Connection } from './db.ts'
import * as schema from './schema/index.ts'

interface SchemaOptions {
  readonly migrationsFolder: string
  readonly casing: 'snake_case'
}

/**
 * PGlite goes from statement to statement without a turn of the event loop: calls at once would
 * hold up all else.
 */
function letOthersRun(client: PGlite): void {
  const run = client.execProtocolStream.bind(client)
  client.execProtocolStream = async (...given) => {
    await turn()
    return run(...given)
  }
}

const ownTables = z.array(z.object({ name: z.string() }))

/** PGlite has no autovacuum. Table by table, for each holds up all else while it is worked on. */
async function vacuum(client: PGlite): Promise<void> {
  const { rows } = await client.query(
    "select quote_ident(tablename) as name from pg_tables where schemaname = 'public'",
  )
  for (const { name } of ownTables.parse(rows)) {
    await turn()
    await client.exec(`vacuum ${name}`)
  }
}

/**
 * PostgreSQL inside this process, with its files in the directory; without one, in memory. Brings
 * its schema up to date.
 */
export async function connectPglite(
  dataDir: string | undefined,
  { migrationsFolder, casing }: SchemaOptions,
): Promise<Connection> {
  if (dataDir !== undefined) await mkdir(dataDir, { recursive: true, mode: 0o700 })
  const folder = dataDir === undefined ? undefined : join(dataDir, 'pglite')
  const client = await PGlite.create(folder === undefined ? {} : { dataDir: folder })
  // Its files come out of an archive and may be written by everybody.
  if (folder !== undefined) await restrict(folder)
  const db = drizzle(client, { schema, casing })
  await migrate(db, { migrationsFolder })
  letOthersRun(client)
  return { db, tidy: () => vacuum(client), close: () => client.close() }
}
