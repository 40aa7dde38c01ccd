import { lstat, readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'

/** What a look at something that went away meanwhile throws; of `/proc` ESRCH as well. */
const gone: readonly unknown[] = ['ENOENT', 'ESRCH']

async function unlessGone<T>(look: Promise<T>): Promise<T | undefined> {
  try {
    return await look
  } catch (error) {
    if (error instanceof Error && 'code' in error && gone.includes(error.code)) return undefined
    throw error
  }
}

/**
 * A folder and all below it with their mode. A program may be at work in it: what it removes during
 * the walk, a journal for instance, is left out.
 */
export async function filesBelow(path: string): Promise<{ path: string; mode: number }[]> {
  const found = await unlessGone(lstat(path))
  if (!found) return []
  const names = found.isDirectory() ? ((await unlessGone(readdir(path))) ?? []) : []
  const below = await Promise.all(names.map((name) => filesBelow(join(path, name))))
  return [{ path, mode: found.mode }, ...below.flat()]
}

/** The processes that a process started; of one that has ended, none. */
export async function childrenOf(pid: number): Promise<number[]> {
  const text = await unlessGone(readFile(`/proc/${pid}/task/${pid}/children`, 'utf8'))
  return (text ?? '').split(' ').filter(Boolean).map(Number)
}

/** The processes that a process started, those that they started, and so on. */
export async function descendantsOf(pid: number): Promise<number[]> {
  const children = await childrenOf(pid)
  return [...children, ...(await Promise.all(children.map(descendantsOf))).flat()]
}
