import { openAsBlob } from 'node:fs'
import { cp, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { PGlite } from '@electric-sql/pglite'
import { connect } from '../../src/store/db.ts'

/**
 * Where a test run keeps a database that was made and brought up to date once: to make one takes
 * seconds of a core, to copy it a tenth of one.
 */
const variable = 'OBFLOW_TEST_DATABASE'

const archiveOf = (folder: string): string => join(folder, 'empty.tar')

/** Makes the database that tests copy, in the folder of the test run. */
export async function setup(run: string): Promise<void> {
  const folder = join(run, 'database')
  await mkdir(folder)
  const made = await connect({ dataDir: folder })
  await made.close()
  const client = await PGlite.create(join(folder, 'pglite'))
  await writeFile(
    archiveOf(folder),
    Buffer.from(await (await client.dumpDataDir('none')).arrayBuffer()),
  )
  await client.close()
  process.env[variable] = folder
}

/** The whole of an empty database, for PGlite to open in memory. */
export async function emptyDatabase(): Promise<Blob> {
  const made = process.env[variable]
  if (made === undefined)
    throw new Error('the empty database is made by the test run, which this is not')
  return openAsBlob(archiveOf(made))
}

/**
 * Puts an empty database into a data directory, for PGlite to open. Does nothing outside of a test
 * run: then PGlite makes its own.
 */
export async function placeEmptyDatabase(dataDir: string): Promise<void> {
  const made = process.env[variable]
  if (made !== undefined)
    await cp(join(made, 'pglite'), join(dataDir, 'pglite'), { recursive: true })
}
