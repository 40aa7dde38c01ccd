import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createConnection } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import mysql, { type RowDataPacket } from 'mysql2/promise'

const repository = join(import.meta.dirname, '../..')
const storeDirs = ['sstable', 'sort_dir', 'clog', 'ilog', 'slog', 'oob_clog']
/** One loopback network a test process, so that test files running side by side never meet. */
const network = `127.${20 + (process.pid % 200)}.${Math.floor(process.pid / 200) % 250}`

export type Place = { ip: string; sqlPort: number; rpcPort: number; zone: string }
export type TestObserver = Place & {
  home: string
  address: string
  process: () => ChildProcess
  /**
   * Waits until the SQL port takes connections; rejects with the log when the process ends first.
   */
  start: (extra?: Start) => Promise<void>
  /** Runs to its end: for starts that must be refused. Returns exit code and log. */
  startRefused: (extra?: Start) => Promise<{ code: number | null; log: string }>
  kill: (signal: NodeJS.Signals) => Promise<void>
  log: () => string
  count: (name: 'bootstrap.count' | 'bootstrap.received') => number
  setFaults: (faults: object) => void
}
export type Start = {
  flags?: string[]
  options?: string
  env?: Record<string, string>
  noFlags?: boolean
}

const made: TestObserver[] = []

/**
 * Where observers of a test live: one address each, ports that differ too because the 3.x line is
 * told no address.
 */
export function places(zones: string[], firstPort = 22881): Place[] {
  return zones.map((zone, at) => ({
    ip: `${network}.${at + 1}`,
    sqlPort: firstPort + 2 * at,
    rpcPort: firstPort + 2 * at + 1,
    zone,
  }))
}

/** A home with store folders for one observer that is not started yet. */
export function makeObserver(
  place: Place,
  rsList: Place[],
  version: string,
  cluster = 'terran',
): TestObserver {
  const home = mkdtempSync(join(tmpdir(), 'obflow-observer-'))
  for (const name of storeDirs) mkdirSync(join(home, 'store', name), { recursive: true })
  const faults = join(home, 'faults.json')
  let child: ChildProcess | undefined
  const launch = ({
    flags = [],
    options = '',
    env = {},
    noFlags = false,
  }: Start = {}): ChildProcess => {
    const address = version.startsWith('4') ? ['-I', place.ip] : ['-i', 'lo']
    const list = rsList.map((rs) => `${rs.ip}:${rs.rpcPort}:${rs.sqlPort}`).join(';')
    const words = [
      '-p',
      place.sqlPort,
      '-P',
      place.rpcPort,
      '-z',
      place.zone,
      '-d',
      join(home, 'store'),
      '-r',
      list,
      '-c',
      1,
      '-n',
      cluster,
    ]
    const sizes = [
      '-o',
      `memory_limit=8G,system_memory=1G,datafile_size=64M,log_disk_size=6G${options}`,
    ]
    const all = noFlags ? [] : [...address, ...words.map(String), ...sizes, ...flags]
    child = spawn(process.execPath, [join(repository, 'lab/observer/main.ts'), '-N', ...all], {
      cwd: home,
      stdio: 'ignore',
      env: {
        ...process.env,
        OBFLOW_LAB_SEEKDB: join(repository, '.tools/seekdb/seekdb'),
        OBFLOW_LAB_VERSION: version,
        OBFLOW_LAB_FAULTS: faults,
        ...env,
      },
    })
    return child
  }
  const log = (): string =>
    ['observer.log', 'rootservice.log']
      .map((name) => join(home, 'log', name))
      .filter((path) => existsSync(path))
      .map((path) => readFileSync(path, 'utf8'))
      .join('')
  const running = (): ChildProcess => {
    if (!child) throw new Error('observer not started')
    return child
  }
  const observer: TestObserver = {
    ...place,
    home,
    address: `${place.ip}:${place.rpcPort}`,
    process: running,
    start: async (extra) => {
      const started = launch(extra)
      await until('sql port open', () => {
        if (started.exitCode !== null) throw new Error(`observer ended: ${log()}`)
        return canConnect(place.ip, place.sqlPort)
      })
    },
    startRefused: async (extra) => {
      const [code]: (number | null)[] = await once(launch(extra), 'exit')
      return { code: code ?? null, log: log() }
    },
    kill: async (signal) => {
      if (!child || child.exitCode !== null || child.signalCode !== null) return
      const gone = once(child, 'exit')
      child.kill(signal)
      await gone
    },
    log,
    count: (name) => Number(readFileSync(join(home, 'run', name), 'utf8')),
    setFaults: (value) => writeFileSync(faults, JSON.stringify(value)),
  }
  made.push(observer)
  return observer
}

/** Ends what a test file started and removes its homes. */
export async function removeObservers(): Promise<void> {
  const all = made.splice(0)
  await Promise.all(all.map((observer) => observer.kill('SIGTERM')))
  for (const { home } of all)
    rmSync(home, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 })
}

export const bootstrapSql = (observers: TestObserver[]): string =>
  `ALTER SYSTEM BOOTSTRAP ${observers.map(({ zone, address }) => `ZONE '${zone}' SERVER '${address}'`).join(', ')}`

export type Row = Record<string, unknown>
export type Login = { user?: string; password?: string }

/** Runs statements on one connection; returns the rows of the last. */
export async function query(
  at: { ip: string; sqlPort: number },
  statements: string | string[],
  login: Login = {},
): Promise<Row[]> {
  const { user = 'root@sys', password = '' } = login
  const connection = await mysql.createConnection({
    host: at.ip,
    port: at.sqlPort,
    user,
    password,
    supportBigNumbers: true,
  })
  try {
    let rows: Row[] = []
    for (const statement of [statements].flat()) {
      const [answer] = await connection.query<RowDataPacket[]>(statement)
      rows = Array.isArray(answer) ? answer : []
    }
    return rows
  } finally {
    connection.destroy()
  }
}

/** What a statement is refused with, e.g. `4005 The object is initialized twice`. */
export async function refusalOf(answer: Promise<unknown>): Promise<string> {
  try {
    await answer
    return 'not refused'
  } catch (error) {
    if (error instanceof Error && 'errno' in error) return `${error.errno} ${error.message}`
    throw error
  }
}

export async function until(
  what: string,
  look: () => boolean | Promise<boolean>,
  timeoutMs = 30_000,
): Promise<void> {
  for (
    const end = Date.now() + timeoutMs;
    Date.now() < end;
    await new Promise((resolve) => setTimeout(resolve, 50))
  ) {
    if (await look()) return
  }
  throw new Error(`waited ${timeoutMs} ms for: ${what}`)
}

export function canConnect(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection({ host, port })
    socket.once('error', () => resolve(false))
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
  })
}
