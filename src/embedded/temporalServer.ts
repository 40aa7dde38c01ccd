import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { access, mkdir } from 'node:fs/promises'
import { dirname } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { Connection } from '@temporalio/client'
import { searchAttributes } from '../plan/run.ts'
import { freePort, isHeldBy } from './ports.ts'

export interface TemporalServer {
  /** gRPC address, `host:port`. */
  readonly address: string
  /** URL of the Web UI. */
  readonly ui: string
  readonly pid: number
  /** Ends it as a crash would. */
  kill(): Promise<void>
  close(): Promise<void>
}

export interface TemporalServerOptions {
  /** SQLite file that keeps the runs over restarts; absent: in memory. */
  readonly dbFile?: string
  /** Ports wanted; another free one is taken when they are busy. */
  readonly port?: number
  readonly uiPort?: number
}

/** The dev server has one history shard, whose queues it reads 20 times a second as shipped: 50 ms a step. Source: `history/configs`. */
const dynamicConfig = { 'history.transferProcessorMaxPollRPS': 10_000, 'history.timerProcessorMaxPollRPS': 10_000 }
const readyMs = 30_000
const attempts = 5

/** Temporal's CLI: from `tools/setup.sh`, else the one on PATH. */
const temporalCli = async (): Promise<string> => {
  const own = fileURLToPath(new URL('../../.tools/bin/temporal', import.meta.url))
  return access(own).then(
    () => own,
    () => 'temporal',
  )
}

/**
 * Temporal's dev server and Web UI as a child that ends with this process, however this process ends (Linux). Rejects with the server's own words
 * when it does not start, unless somebody took one of its ports since it was seen to be free: then it is tried again with others.
 */
export async function startTemporalServer(options: TemporalServerOptions): Promise<TemporalServer> {
  for (let attempt = 1; ; attempt++) {
    const outcome = await tryToStart(options)
    if ('server' in outcome) return outcome.server
    if (!outcome.lostPort || attempt === attempts) throw outcome.error
  }
}

type Outcome = { readonly server: TemporalServer } | { readonly error: Error; readonly lostPort: boolean }

async function tryToStart({ dbFile, port, uiPort }: TemporalServerOptions): Promise<Outcome> {
  if (dbFile !== undefined) await mkdir(dirname(dbFile), { recursive: true })
  const grpc = await freePort(port)
  const web = await freePort(uiPort)
  const arguments_ = [
    ...['server', 'start-dev', '--ip', '127.0.0.1', '--port', String(grpc), '--ui-port', String(web), '--log-level', 'error'],
    ...(dbFile === undefined ? [] : ['--db-filename', dbFile]),
    ...Object.entries(dynamicConfig).flatMap(([key, value]) => ['--dynamic-config-value', `${key}=${value}`]),
    ...Object.values(searchAttributes).flatMap((name) => ['--search-attribute', `${name}=Keyword`]),
  ]
  const cli = await temporalCli()
  // Detached, so that a terminal's Ctrl-C reaches this process alone, which then ends its workers before the server.
  const child = spawn('setpriv', ['--pdeathsig', 'KILL', cli, ...arguments_], {
    stdio: ['ignore', 'ignore', 'pipe'],
    detached: true,
  })
  // Its last words come after its exit. A child that could not be started has none.
  const closed = new Promise<void>((resolve) => child.once('close', () => resolve()).once('error', () => resolve()))
  const complaints: string[] = []
  child.stderr.on('data', (chunk: Buffer) => void complaints.splice(0, Math.max(0, complaints.push(chunk.toString()) - 20)))
  try {
    await ready(child, grpc)
  } catch (error) {
    if (child.pid !== undefined && child.exitCode === null && child.signalCode === null) child.kill('SIGKILL')
    await closed
    const words = complaints.join('').slice(-2000)
    // Besides the two it is given, the server takes some for itself, in the same way.
    const lostPort = /address already in use/.test(words) || (await freePort(grpc)) !== grpc || (await freePort(web)) !== web
    return { error: new Error(`Temporal's dev server did not start: ${words}`, { cause: error }), lostPort }
  }
  return { server: running(child, grpc, web) }
}

function running(child: ChildProcess, grpc: number, web: number): TemporalServer {
  return {
    pid: child.pid ?? 0,
    address: `127.0.0.1:${grpc}`,
    ui: `http://127.0.0.1:${web}`,
    async kill() {
      const exited = once(child, 'exit')
      child.kill('SIGKILL')
      await exited
    },
    async close() {
      if (child.exitCode !== null || child.signalCode !== null) return
      const exited = once(child, 'exit')
      child.kill('SIGTERM')
      const stopped = await Promise.race([exited.then(() => true), sleep(5000, false, { ref: false })])
      if (!stopped) child.kill('SIGKILL')
      await exited
    },
  }
}

async function ready(child: ChildProcess, port: number): Promise<void> {
  const address = `127.0.0.1:${port}`
  const failed = new Promise<never>((_, reject) => {
    child.once('error', reject)
    child.once('exit', (code, signal) => reject(new Error(`it ended with ${code ?? signal}`)))
  })
  failed.catch(() => undefined)
  const deadline = Date.now() + readyMs
  for (;;) {
    if (await Promise.race([answers(child, address, port), failed])) return
    if (Date.now() > deadline) throw new Error(`no answer at ${address} within ${readyMs / 1000} s`)
    await Promise.race([sleep(100), failed])
  }
}

async function answers({ pid }: ChildProcess, address: string, port: number): Promise<boolean> {
  // Another obflow that starts at this moment may have the port, and its server must not be taken for ours.
  if (pid === undefined || !(await isHeldBy(port, pid))) return false
  const connection = await Connection.connect({ address, connectTimeout: 1000 }).catch(() => undefined)
  if (connection === undefined) return false
  // The port answers before the namespace is there.
  const known = await connection.workflowService.describeNamespace({ namespace: 'default' }).then(
    () => true,
    () => false,
  )
  await connection.close()
  return known
}
