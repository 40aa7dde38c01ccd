import { access, chmod, constants, lstat, mkdir, readdir, stat } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { StartError, wordsOf } from './errors/startError.ts'

/** What others than the owner may do. */
const others = 0o077

/** What obflow, PGlite and Temporal keep in the data directory; a lab's hosts may lie there too. */
const ours = /^(key|lock|packages|pglite|temporal\.db|workflows-)/

/** Makes a directory and those above it, one by one: Node's recursive mkdir never ends in /proc. */
async function makeAll(path: string): Promise<void> {
  const found = await stat(path).catch(() => undefined)
  if (found?.isDirectory()) return
  if (dirname(path) !== path) await makeAll(dirname(path))
  await mkdir(path, { mode: 0o700 })
}

async function make(path: string): Promise<void> {
  try {
    await makeAll(path)
    await access(path, constants.W_OK | constants.X_OK)
  } catch (error) {
    throw new StartError(
      `the data directory ${path} (OBFLOW_DATA_DIR) cannot be used: ${wordsOf(error)}; give obflow one that it may write`,
      { cause: error },
    )
  }
}

/** Takes away what others may do with a file, and with all below. Links lead to somebody else's. */
export async function restrict(path: string): Promise<void> {
  const found = await lstat(path)
  if (found.isSymbolicLink()) return
  if ((found.mode & others) !== 0) await chmod(path, found.mode & 0o777 & ~others)
  if (found.isDirectory()) for (const name of await readdir(path)) await restrict(join(path, name))
}

/**
 * Makes what obflow keeps in a data directory readable for nobody else: files 0600, directories
 * 0700.
 */
export async function restrictFiles(dataDir: string): Promise<void> {
  for (const name of await readdir(dataDir))
    if (ours.test(name)) await restrict(join(dataDir, name))
}

/**
 * Makes a data directory, or one that is there, its owner's alone. Throws StartError when it is
 * another user's or cannot be written.
 */
export async function keepPrivate(dataDir: string): Promise<void> {
  const path = resolve(dataDir)
  await make(path)
  const { uid } = await stat(path)
  const own = process.geteuid?.()
  if (own !== undefined && uid !== own)
    throw new StartError(
      `the data directory ${path} belongs to user ${uid}, and obflow runs as user ${own}: chown it, or set OBFLOW_DATA_DIR`,
    )
  await chmod(path, 0o700)
  await restrictFiles(path)
}
