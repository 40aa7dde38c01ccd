import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, open } from 'node:fs/promises'
import { createServer, type Server } from 'node:net'
import { dirname } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { StartError } from '../errors/startError.ts'
import { ownNetwork, systemEnv } from './isolation.ts'
import { allowedUsers } from './owner.ts'
import { type Door, ready, type Start } from './temporalMessages.ts'

export interface TemporalServer {
  /** gRPC address, `host:port`. */
  readonly address: string
  /** URL of the Web UI, which only shows. */
  readonly ui: string
  /**
   * Whether the server has a network of its own; else other users of this machine reach its inner
   * ports.
   */
  readonly isolated: boolean
  readonly pid: number
  /** Since when it has been down; undefined while it serves. */
  readonly downSince: Date | undefined
  /** Ends it as a crash would; it is not started again. */
  kill(): Promise<void>
  close(): Promise<void>
}

export interface TemporalServerOptions {
  /** SQLite file that keeps the runs over restarts; absent: in memory. */
  readonly dbFile?: string
  /** Ports wanted; another free one is taken when they are busy. */
  readonly port?: number
  readonly uiPort?: number
  /**
   * Is told why the server ended; it is then started again at the same ports. Absent: it is not.
   */
  readonly onEnd?: (why: string) => void
}

type Doors = Readonly<Record<Door['leadsTo'], number>>
const attempts = 5
const firstPauseMs = 200
const maxPauseMs = 15_000
const stopMs = 6_000

/** Holds the port and ends every connection until the server listens. */
async function listen(port: number): Promise<Server> {
  const server = createServer((socket) => socket.destroy())
  const listening = once(server, 'listening')
  server.listen({ port, host: '127.0.0.1', exclusive: true })
  await listening
  return server
}

async function listenNear(wanted: number): Promise<Server> {
  return listen(wanted).catch((error: unknown) => {
    if (wanted === 0) throw error
    return listen(0)
  })
}

function portOf(server: Server): number {
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return address.port
}

interface Started {
  readonly child: ChildProcess
  /** What it said last. */
  readonly words: () => string
  readonly ended: Promise<void>
}

const isRunning = ({ exitCode, signalCode }: ChildProcess): boolean =>
  exitCode === null && signalCode === null

/** Hands a door over. Whoever comes from now on meets the child alone. */
const handOver = (child: ChildProcess, leadsTo: Door['leadsTo'], server: Server): Promise<void> =>
  new Promise((resolve, reject) => {
    child.send({ kind: 'door', leadsTo } satisfies Door, server, (error) => {
      server.close()
      if (error) reject(error)
      else resolve()
    })
  })

interface Wish {
  readonly dbFile: string | undefined
  readonly network: readonly string[] | undefined
  readonly doors: Readonly<Record<Door['leadsTo'], Server>>
}

/** Starts the child and waits until Temporal answers in it. Rejects with its last words. */
async function startChild({ dbFile, network, doors }: Wish): Promise<Started> {
  const program = fileURLToPath(new URL('temporalProcess.ts', import.meta.url))
  // A new user namespace forgets the signal at the parent's death, so it is asked for inside.
  const [command = '', ...words] = [
    ...(network ?? []),
    'setpriv',
    '--pdeathsig',
    'KILL',
    process.execPath,
    program,
  ]
  await using connections = await open('/proc/self/net/tcp')
  // Detached, so that a terminal's Ctrl-C reaches this process alone, which then ends its workers
  // before the server.
  const child = spawn(command, words, {
    stdio: ['ignore', 'ignore', 'pipe', 'ipc', connections.fd],
    env: systemEnv(),
    detached: true,
  })
  const complaints: string[] = []
  child.stderr?.on(
    'data',
    (chunk: Buffer) =>
      void complaints.splice(0, Math.max(0, complaints.push(chunk.toString()) - 20)),
  )
  // Its last words come after its exit. A child that could not be started has none.
  const ended = new Promise<void>((resolve) =>
    child.once('close', () => resolve()).once('error', () => resolve()),
  )
  const started = { child, ended, words: () => complaints.join('').slice(-2000).trim() }
  const failed = ended.then(() =>
    Promise.reject(new StartError(`Temporal's dev server did not start: ${started.words()}`)),
  )
  failed.catch(() => undefined)
  // A child that is gone has no ear any more; its end says why.
  child.on('error', () => undefined)
  const isReady = new Promise<void>((resolve) =>
    child.on('message', (message) => void (ready.safeParse(message).success && resolve())),
  )
  const start: Start = {
    kind: 'start',
    ...(dbFile !== undefined && { dbFile }),
    users: allowedUsers(),
    isolated: network !== undefined,
  }
  child.send(start, () => undefined)
  await Promise.all([handOver(child, 'grpc', doors.grpc), handOver(child, 'ui', doors.ui)]).catch(
    () => undefined,
  )
  try {
    await Promise.race([isReady, failed])
  } catch (error) {
    if (isRunning(child)) child.kill('SIGKILL')
    throw error
  }
  return started
}

/**
 * Temporal's dev server and Web UI as a child that ends with this process, however this process
 * ends (Linux). It has a network of its own where the OS allows one, and only this user and root
 * get through its two doors. Rejects with the server's own words when it does not start.
 */
export async function startTemporalServer(options: TemporalServerOptions): Promise<TemporalServer> {
  const { dbFile, port = 0, uiPort = 0, onEnd } = options
  if (dbFile !== undefined) await mkdir(dirname(dbFile), { recursive: true, mode: 0o700 })
  const network = await ownNetwork()
  const start = async (wanted: Doors, near: (port: number) => Promise<Server>) => {
    const doors = { grpc: await near(wanted.grpc), ui: await near(wanted.ui) }
    const ports: Doors = { grpc: portOf(doors.grpc), ui: portOf(doors.ui) }
    return { ports, started: await startChild({ dbFile, network, doors }) }
  }
  const first = async () => {
    for (let attempt = 1; ; attempt++) {
      try {
        return await start({ grpc: port, ui: uiPort }, listenNear)
      } catch (error) {
        // Without a network of its own another program may take one of its inner ports.
        const lostPort = error instanceof Error && /address already in use/.test(error.message)
        if (!lostPort || attempt === attempts) throw error
      }
    }
  }
  const { ports, started } = await first()
  let current = started
  let downSince: Date | undefined
  const closing = new AbortController()

  async function keepRunning(onEnd: (why: string) => void): Promise<void> {
    for (let pauseMs = firstPauseMs; ; ) {
      await current.ended
      if (closing.signal.aborted) return
      downSince ??= new Date()
      onEnd(current.words())
      for (;;) {
        await sleep(pauseMs, undefined, { signal: closing.signal })
        try {
          current = (await start(ports, listen)).started
          break
        } catch (error) {
          pauseMs = Math.min(pauseMs * 2, maxPauseMs)
          onEnd(error instanceof Error ? error.message : String(error))
        }
      }
      downSince = undefined
      pauseMs = firstPauseMs
      // It was told to end while it started.
      if (closing.signal.aborted && isRunning(current.child)) current.child.kill('SIGKILL')
    }
  }
  const kept = onEnd && keepRunning(onEnd).catch(() => undefined)

  async function end(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    closing.abort()
    if (isRunning(current.child)) {
      current.child.kill(signal)
      if (
        !(await Promise.race([
          current.ended.then(() => true),
          sleep(stopMs, false, { ref: false }),
        ]))
      )
        current.child.kill('SIGKILL')
      await current.ended
    }
    await kept
  }
  return {
    get pid() {
      return current.child.pid ?? 0
    },
    get downSince() {
      return downSince
    },
    isolated: network !== undefined,
    address: `127.0.0.1:${ports.grpc}`,
    ui: `http://127.0.0.1:${ports.ui}`,
    kill: () => end('SIGKILL'),
    close: () => end('SIGTERM'),
  }
}
