import { readFileSync } from 'node:fs'
import packageFile from '../../../package.json' with { type: 'json' }
import { holdDataDir } from '../../embedded/index.ts'
import { StartError } from '../../errors/startError.ts'
import { createHostPool, type HostAccess, type HostPool } from '../../host/index.ts'
import { Secret } from '../../quote.ts'
import { openConfiguredStore, type Store } from '../../store/index.ts'
import { configOf } from '../configOf.ts'
import { painter } from '../text.ts'
import { UsageError } from '../usageError.ts'
import { type Examination, lookAt, type Target } from './examine.ts'
import { type DoctorFlags, type DoctorOptions, doctorOptions, isId } from './options.ts'
import { type PackageReport, readPackage } from './packages.ts'
import { showReport } from './show.ts'

export interface DoctorReport extends Examination {
  readonly obflow: string
  readonly time: string
  readonly packages: readonly PackageReport[]
}

interface Environment {
  readonly env: NodeJS.ProcessEnv
  readonly out: (text: string) => void
  readonly color: boolean
}

/**
 * Looks at hosts and packages and prints what obflow would find, choose and do. Changes nothing on
 * a host, and has nothing secret in what it prints. True when a create would pass its checks.
 */
export async function doctor(
  flags: DoctorFlags,
  { color, env, out }: Environment,
): Promise<boolean> {
  const options = doctorOptions(flags)
  const report = await withStore(options, env, (store) => examine(options, store))
  out(
    options.json ? `${JSON.stringify(report, undefined, 2)}\n` : showReport(report, painter(color)),
  )
  return (
    report.unreached.length === 0 &&
    report.packages.every(({ objection }) => objection === undefined) &&
    report.missingPackages.length === 0 &&
    report.hosts.every(({ findings }) => findings.every(({ level }) => level !== 'FATAL'))
  )
}

/** Opens the store only when hosts or packages are given by id. */
async function withStore<T>(
  { hosts, packages }: DoctorOptions,
  env: NodeJS.ProcessEnv,
  use: (store: Store | undefined) => Promise<T>,
): Promise<T> {
  if (![...hosts, ...packages].some(isId)) return use(undefined)
  const config = configOf(env)
  // PGlite serves one process.
  const release = config.databaseUrl === undefined ? await holdDataDir(config.dataDir) : undefined
  try {
    const store = await openConfiguredStore(config)
    return await use(store).finally(() => store.close())
  } finally {
    release?.()
  }
}

async function examine(options: DoctorOptions, store: Store | undefined): Promise<DoctorReport> {
  const packages = await Promise.all(
    options.packages.map(async (word) =>
      readPackage(await pathOf(word, store), options.paths.install),
    ),
  )
  const accesses = await Promise.all(
    options.hosts.map((word, index) => accessOf(word, index, options, store)),
  )
  const pool = createHostPool()
  const { signal } = new AbortController()
  try {
    const targets = accesses.map((access) => open(pool, access, signal))
    const looked = await lookAt({ options, packages, targets })
    return { obflow: packageFile.version, time: new Date().toISOString(), packages, ...looked }
  } finally {
    await pool.close()
  }
}

async function pathOf(word: string, store: Store | undefined): Promise<string> {
  if (!isId(word)) return word
  const found = await store?.packages.get(Number(word))
  if (!found) throw new StartError(`there is no package ${word} in this store`)
  return found.path
}

async function accessOf(
  word: string,
  index: number,
  { keyFile, sshPort, user }: DoctorOptions,
  store: Store | undefined,
): Promise<HostAccess> {
  if (isId(word) && store) return store.hosts.access(Number(word))
  return {
    // Ids of the store are positive.
    id: -1 - index,
    ip: word,
    sshPort,
    username: user,
    login: { type: 'PRIVATE_KEY', secret: keyOf(keyFile) },
  }
}

function keyOf(file: string | undefined): Secret {
  try {
    return new Secret(readFileSync(file ?? '', 'utf8'))
  } catch {
    throw new UsageError(`--key ${file} cannot be read.`)
  }
}

const open = (pool: HostPool, access: HostAccess, signal: AbortSignal): Target => ({
  id: access.id,
  ip: access.ip,
  host: pool.host(access, { log: () => undefined, signal, key: `doctor-${process.pid}` }),
})
