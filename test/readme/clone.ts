import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { cp, mkdir, mkdtemp, readdir, rm, symlink } from 'node:fs/promises'
import { join, relative, resolve } from 'node:path'

const repository = resolve(import.meta.dirname, '../..')
/** What git does not keep and a set-up brings. */
const modules = ['node_modules', 'console/node_modules']
const leftOut = new Set([...modules, '.tools', '.git', '.data', '.env'])

/**
 * A copy of this repository as a fresh clone has it after `make setup`: with no data. Below .data,
 * a real file system.
 */
export async function clone(): Promise<{ readonly dir: string; remove(): Promise<void> }> {
  await mkdir(join(repository, '.data'), { recursive: true, mode: 0o700 })
  const dir = await mkdtemp(join(repository, '.data/readme-'))
  const filter = (source: string): boolean => !leftOut.has(relative(repository, source))
  const entries = execFileSync('ls', ['-A', repository], { encoding: 'utf8' }).trim().split('\n')
  for (const entry of entries.filter((name) => !leftOut.has(name)))
    await cp(join(repository, entry), join(dir, entry), { recursive: true, filter })
  for (const folder of modules.filter((each) => existsSync(join(repository, each))))
    await symlink(join(repository, folder), join(dir, folder))
  await lendTools(join(dir, '.tools'))
  return { dir, remove: () => rm(dir, { recursive: true, force: true }) }
}

/** What a set-up brought, and a bin of the copy's own: `make setup` names its folder there. */
async function lendTools(to: string): Promise<void> {
  const tools = join(repository, '.tools')
  const names = await readdir(tools)
  const programs = (await readdir(join(tools, 'bin'))).map((name) => join('bin', name))
  await mkdir(join(to, 'bin'), { recursive: true })
  for (const name of [...names.filter((each) => each !== 'bin'), ...programs])
    await symlink(join(tools, name), join(to, name))
}
