import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs'
import { createConnection } from 'node:net'
import { dirname, join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { promisify } from 'node:util'
import { parseGreeting } from '../mysql/handshake.ts'
import { framer } from '../mysql/packets.ts'
import { claimPort } from '../ports/claim.ts'

/**
 * What answers ordinary SQL: one OceanBase kernel per cluster, a child of the leader; for a standby
 * cluster its primary.
 */
export type Kernel = { ip: string; port: number; stop: () => Promise<void> }

/**
 * Smallest values seekdb starts with (facts: testbed), none of the notes that it takes of itself (a
 * third of what a start costs), and patience with a disk that all hosts share: a kernel grants its
 * own 5 s.
 */
const parameters = [
  'memory_limit=1G',
  'memory_budget=2G',
  'syslog_level=ERROR',
  'enable_sql_audit=false',
  'enable_perf_event=false',
  'datafile_size=256M',
  'log_disk_size=2G',
  'log_storage_warning_tolerance_time=300s',
  'data_storage_warning_tolerance_time=300s',
]

/** It takes two core seconds, but hosts that start a hundred at once share the machine's cores. */
const greetingMs = 300_000

export const kernelFolder = (dataDir: string) => join(dataDir, 'sstable/kernel')

/**
 * Beside the kernel in its package: a store that a kernel has set up in full, which takes it 4 core
 * seconds and more.
 */
export const madeStore = 'full-store.tgz'

/** Starts the installed kernel under an observer. Throws as `runKernel` does. */
export async function startKernel(
  installed: string,
  dataDir: string,
): Promise<Kernel & { process: ChildProcess }> {
  const program = process.env.OBFLOW_LAB_SEEKDB ?? join(installed, 'lib/seekdb/seekdb')
  if (!existsSync(program)) throw new Error(`kernel ${program} is missing`)
  const folder = kernelFolder(dataDir)
  if (!existsSync(folder)) await placeStore(join(dirname(program), madeStore), folder)
  return runKernel(program, folder)
}

/** A store that stands at once or not at all. Without a made one the kernel sets up its own. */
async function placeStore(archive: string, folder: string): Promise<void> {
  const beginning = `${folder}.new`
  rmSync(beginning, { recursive: true, force: true })
  mkdirSync(beginning, { recursive: true })
  if (existsSync(archive)) await promisify(execFile)('tar', ['-xzf', archive, '-C', beginning])
  renameSync(beginning, folder)
}

/**
 * Starts a kernel on a free port and resolves when it greets; rejects when it exits before that or
 * takes over 5 minutes.
 */
export async function runKernel(
  program: string,
  folder: string,
): Promise<Kernel & { process: ChildProcess }> {
  const port = await claimPort()
  const words = [
    '--nodaemon',
    '--port',
    String(port),
    '--base-dir',
    folder,
    ...parameters.flatMap((pair) => ['--parameter', pair]),
  ]
  // The death signal ends the kernel with this process even after SIGKILL, so no orphan keeps the
  // data locked.
  const child = spawn('setpriv', ['--pdeathsig', 'KILL', program, ...words], {
    stdio: 'ignore',
    env: { ...process.env, LD_LIBRARY_PATH: dirname(program) },
  })
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  await Promise.race([
    greets(port, greetingMs),
    exited.then(() => Promise.reject(new Error('kernel exited while starting'))),
  ])
  return {
    ip: '127.0.0.1',
    port,
    process: child,
    stop: async () => {
      child.kill('SIGTERM')
      const late = setTimeout(() => child.kill('SIGKILL'), 700)
      await exited
      clearTimeout(late)
    },
  }
}

async function greets(port: number, timeoutMs: number): Promise<void> {
  const end = Date.now() + timeoutMs
  while (!(await greeted(port))) {
    if (Date.now() > end) throw new Error('kernel did not answer in time')
    await delay(40)
  }
}

function greeted(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection({ host: '127.0.0.1', port })
    const finish = (answer: boolean): void => {
      socket.destroy()
      resolve(answer)
    }
    socket.setTimeout(1000, () => finish(false))
    socket.on('error', () => finish(false))
    socket.on('close', () => resolve(false))
    socket.on(
      'data',
      framer(({ payload }) => finish(parseGreeting(payload) !== undefined)),
    )
  })
}
