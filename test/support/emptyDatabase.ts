import { cp, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect } from '../../src/store/db.ts'

/** Where a test run keeps a database that was made and brought up to date once: to make one takes seconds of a core, to copy it a tenth of one. */
const variable = 'OBFLOW_TEST_DATABASE'

/** Vitest's global set-up: makes the database that tests copy. */
export async function setup(): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), 'obflow-database-'))
  const { close } = await connect({ dataDir: folder })
  await close()
  process.env[variable] = folder
  return () => rm(folder, { recursive: true })
}

/** Puts an empty database into a data directory, for PGlite to open. Does nothing outside of a test run: then PGlite makes its own. */
export async function placeEmptyDatabase(dataDir: string): Promise<void> {
  const made = process.env[variable]
  if (made !== undefined) await cp(made, dataDir, { recursive: true })
}
