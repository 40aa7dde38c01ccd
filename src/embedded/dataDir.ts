import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { StartError } from '../errors/startError.ts'
import { keepPrivate } from '../privateDir.ts'

/** SQLITE_BUSY: another process has the lock. Source: sqlite.org/rescode.html. */
const busy = 5

/**
 * Holds a data directory for this process alone: neither PGlite nor Temporal's dev server notices a
 * second one at its files. The kernel gives the lock back however this process ends; the value
 * returned does it before that. Throws StartError when another process holds it.
 */
export async function holdDataDir(dataDir: string): Promise<() => void> {
  await keepPrivate(dataDir)
  const lock = new DatabaseSync(join(dataDir, 'lock'), { timeout: 0 })
  try {
    lock.exec('BEGIN EXCLUSIVE')
  } catch (error) {
    lock.close()
    if (error instanceof Error && 'errcode' in error && error.errcode === busy)
      throw new StartError(
        `another obflow works in ${dataDir}: end it, or give this one a directory of its own by OBFLOW_DATA_DIR`,
      )
    throw error
  }
  return () => lock.close()
}
