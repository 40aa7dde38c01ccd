import { execFileSync } from 'node:child_process'
import { cp, mkdir, mkdtemp, rm, symlink } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'

const repository = resolve(import.meta.dirname, '../..')
/** What git does not keep and a set-up brings. */
const brought = ['.tools', 'node_modules']
const leftOut = new Set([...brought, '.git', '.data', '.env'])

/**
 * A copy of this repository as a fresh clone has it after `make setup`: with no data. Below .data,
 * a real file system.
 */
export async function clone(): Promise<{ readonly dir: string; remove(): Promise<void> }> {
  await mkdir(join(repository, '.data'), { recursive: true, mode: 0o700 })
  const dir = await mkdtemp(join(repository, '.data/readme-'))
  const filter = (source: string): boolean =>
    dirname(source) !== repository || !leftOut.has(source.slice(repository.length + 1))
  const entries = execFileSync('ls', ['-A', repository], { encoding: 'utf8' }).trim().split('\n')
  for (const entry of entries.filter((name) => !leftOut.has(name)))
    await cp(join(repository, entry), join(dir, entry), { recursive: true, filter })
  for (const name of brought) await symlink(join(repository, name), join(dir, name))
  return { dir, remove: () => rm(dir, { recursive: true, force: true }) }
}
