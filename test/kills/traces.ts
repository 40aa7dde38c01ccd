import { lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { join } from 'node:path'
import type { LabHost } from '../../lab/index.ts'

/** Daemons write differently each time; the packages' folder and a restart's note go later. */
const moving = [
  /^\/var\/lib\/obflow\/.*\/restarted-/,
  /^\/var\/lib\/obflow\/packages$/,
  /^\/data\/.*\/terran\/.*\//,
  /\/oceanbase\/etc\//,
  /\/oceanbase\/store\/terran\/.*\/\./,
  /\/obproxy-[\d.]+\/etc\//,
  /\/log\//,
  /\/run\//,
  /\/ocp_agent\/.*store\//,
]

/** Processes that come and go with every look and login, and those that every host has. */
const usual = /^(sshd.*|bash|sh|sleep|init.*)$/

const trees = ['/home/admin', '/data', '/opt/taobao', '/var/lib/obflow', '/tmp']

/**
 * Files with mode, owner and link target, packages and processes of a host. A program that is just
 * ending is none of them: it looks until the same ones are there before and after.
 */
export async function traces(host: LabHost): Promise<string> {
  const running = (): string =>
    [...new Set(host.processes().flatMap(({ pid }) => named(pid)))].sort().join('\n')
  for (;;) {
    const before = running()
    const files = trees.flatMap((tree) => entries(host.root, tree)).sort()
    const installed = await packages(host)
    if (running() === before) return [...files, ...installed, before].join('\n')
  }
}

/** An entry that goes while it is looked at is not there. */
const unlessGone = <T>(read: () => T, otherwise: T): T => {
  try {
    return read()
  } catch (error) {
    if (
      error instanceof Error &&
      'code' in error &&
      (error.code === 'ENOENT' || error.code === 'ESRCH')
    )
      return otherwise
    throw error
  }
}

function entries(root: string, path: string): string[] {
  const at = join(root, path)
  return unlessGone(() => {
    const { uid, mode } = lstatSync(at)
    const kind = mode & 0o170000
    const link = kind === 0o120000 ? ` -> ${readlinkSync(at)}` : ''
    const shown = moving.some((pattern) => pattern.test(path))
      ? []
      : [`${path} ${mode.toString(8)} ${uid}${link}`]
    return kind === 0o040000
      ? [...shown, ...readdirSync(at).flatMap((name) => entries(root, join(path, name)))]
      : shown
  }, [])
}

const named = (pid: number): string[] =>
  unlessGone(() => {
    const name = readFileSync(`/proc/${pid}/comm`, 'utf8').trim()
    return usual.test(name) ? [] : [`process ${lstatSync(`/proc/${pid}`).uid} ${name}`]
  }, [])

const known = new WeakMap<
  LabHost,
  { readonly database: string; readonly packages: readonly string[] }
>()

/** Asks rpm only when its database has changed. */
async function packages(host: LabHost): Promise<readonly string[]> {
  const folder = join(host.root, 'var/lib/rpm')
  const database = unlessGone(() => readdirSync(folder), [])
    .map((name) =>
      unlessGone(() => `${name} ${lstatSync(join(folder, name), { bigint: true }).mtimeNs}`, ''),
    )
    .join()
  const before = known.get(host)
  if (before?.database === database) return before.packages
  const installed = (await host.must(['/usr/bin/rpm', '-qa'])).split('\n').sort()
  known.set(host, { database, packages: installed })
  return installed
}

/** The first lines that only one of two looks has. */
export const difference = (one: string, other: string): string => {
  const [left, right] = [new Set(one.split('\n')), new Set(other.split('\n'))]
  const gone = [...left].filter((line) => !right.has(line)).map((line) => `-${line}`)
  return [...gone, ...[...right].filter((line) => !left.has(line)).map((line) => `+${line}`)]
    .slice(0, 6)
    .join(', ')
}
