import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { PGlite } from '@electric-sql/pglite'
import { drizzle } from 'drizzle-orm/pglite'
import { migrate } from 'drizzle-orm/pglite/migrator'
import { restrict } from '../privateDir.ts'
import type { Connection } from './db.ts'
import * as schema from './schema/index.ts'

interface SchemaOptions {
  readonly migrationsFolder: string
  readonly casing: 'snake_case'
}

/** PostgreSQL inside this process, with its files in the directory; without one, in memory. Brings its schema up to date. */
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
  return { db, close: () => client.close() }
}
