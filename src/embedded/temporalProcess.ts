import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { access } from 'node:fs/promises'
import { connect, Server, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { Connection } from '@temporalio/client'
import { freePort } from '../freePort.ts'
import { searchAttributes } from '../plan/run.ts'
import { systemEnv } from './isolation.ts'
import { peerOwners } from './peer.ts'
import { isHeldBy } from './ports.ts'
import { type Door, type Ready, type Start, told } from './temporalMessages.ts'
import { uiDoor } from './uiDoor.ts'

/**
 * Temporal's dev server and, before its ports, two doors that listen outside its network. It is
 * given them by its parent, and a file of the connections outside (descriptor 4).
 */

/**
 * The dev server has one history shard, whose queues it reads 20 times a second as shipped: 50 ms a
 * step. Source: `history/configs`.
 */
const speed = {
  'history.transferProcessorMaxPollRPS': 10_000,
  'history.timerProcessorMaxPollRPS': 10_000,
}
/**
 * A step that ends while a workflow task is under way adds two events to the next one. After 100 of
 * them the task is failed and done again, which a wide stage of short steps reaches. Source:
 * `MaximumBufferedEventsBatch`.
 */
const wide = { 'history.maximumBufferedEventsBatch': 1000 }
/** Closes the HTTP API, which cannot be switched off: a Host header holds no blank. */
const noHttp = { 'frontend.httpAllowedHosts': ['no host'] }
const readyMs = 30_000
const stopMs = 4_000
const connectionsOutside = 4

/** Temporal's CLI: from `tools/setup.sh`, else the one on PATH. */
const temporalCli = async (): Promise<string> => {
  const own = fileURLToPath(new URL('../../.tools/bin/temporal', import.meta.url))
  return access(own).then(
    () => own,
    () => 'temporal',
  )
}

interface Running {
  readonly child: ChildProcess
  readonly grpc: number
  readonly ui: number
}

async function startTemporal({ dbFile, isolated }: Start): Promise<Running> {
  // A network namespace starts with its loopback down.
  if (isolated) await promisify(execFile)('ip', ['link', 'set', 'lo', 'up'], { env: systemEnv() })
  const [grpc, ui] = isolated ? [7233, 8233] : [await freePort(), await freePort()]
  const dynamic = Object.entries({ ...speed, ...wide, ...noHttp })
  const arguments_ = [
    ...[
      'server',
      'start-dev',
      '--ip',
      '127.0.0.1',
      '--port',
      String(grpc),
      '--ui-port',
      String(ui),
      '--log-level',
      'error',
    ],
    ...(dbFile === undefined ? [] : ['--db-filename', dbFile]),
    ...['--ui-disable-news-fetch'],
    ...dynamic.flatMap(([key, value]) => [
      '--dynamic-config-value',
      `${key}=${JSON.stringify(value)}`,
    ]),
    ...Object.values(searchAttributes).flatMap((name) => ['--search-attribute', `${name}=Keyword`]),
  ]
  const env = { ...systemEnv(), TEMPORAL_VERSION_CHECK_DISABLED: '1' }
  const child = spawn('setpriv', ['--pdeathsig', 'KILL', await temporalCli(), ...arguments_], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env,
  })
  return { child, grpc, ui }
}

async function answers({ child: { pid }, grpc }: Running): Promise<boolean> {
  // Without a network of its own another program may have taken the port since it was seen to be
  // free.
  if (pid === undefined || !(await isHeldBy(grpc, pid))) return false
  const connection = await Connection.connect({
    address: `127.0.0.1:${grpc}`,
    connectTimeout: 1000,
  }).catch(() => undefined)
  if (connection === undefined) return false
  // The port answers before the namespace is there.
  const known = await connection.workflowService.describeNamespace({ namespace: 'default' }).then(
    () => true,
    () => false,
  )
  await connection.close()
  return known
}

async function untilReady(running: Running): Promise<void> {
  const deadline = Date.now() + readyMs
  while (!(await answers(running))) {
    if (Date.now() > deadline) throw new Error(`no answer within ${readyMs / 1000} s`)
    await sleep(100)
  }
}

type PassOn = (socket: Socket) => void

function toGrpc(port: number): PassOn {
  return (socket) => {
    const inside = connect(port, '127.0.0.1')
    socket.on('error', () => inside.destroy()).on('close', () => inside.destroy())
    inside.on('error', () => socket.destroy()).on('close', () => socket.destroy())
    for (const each of [socket, inside]) each.setNoDelay(true)
    socket.pipe(inside).pipe(socket)
  }
}

function toUi(port: number): PassOn {
  const server = uiDoor(port)
  return (socket) => void server.emit('connection', socket)
}

/** Passes on connections of the users named, and ends every other one. */
function forUsers(users: readonly number[], passOn: PassOn): PassOn {
  const ownerOf = peerOwners(connectionsOutside)
  return async (socket) => {
    const owner = await ownerOf(socket).catch(() => undefined)
    if (owner !== undefined && users.includes(owner)) passOn(socket)
    else socket.destroy()
  }
}

const ways: Partial<Record<Door['leadsTo'], PassOn>> = {}

async function main(start: Start): Promise<void> {
  const running = await startTemporal(start)
  const { child, grpc, ui } = running
  const stop = async (): Promise<void> => {
    child.kill('SIGTERM')
    await sleep(stopMs)
    child.kill('SIGKILL')
  }
  // Its parent is gone, or wants it to end.
  for (const event of ['disconnect', 'SIGTERM'] as const) process.once(event, () => void stop())
  const ended = once(child, 'exit').then(([code, signal]) => {
    process.stderr.write(`Temporal ended with ${code ?? signal}\n`)
    process.exit(code ?? 1)
  })
  await Promise.race([untilReady(running), ended])
  ways.grpc = forUsers(start.users, toGrpc(grpc))
  ways.ui = forUsers(start.users, toUi(ui))
  process.send?.({ kind: 'ready' } satisfies Ready)
}

process.on('message', (message, server) => {
  const heard = told.parse(message)
  if (heard.kind === 'start')
    main(heard).catch((error: unknown) => {
      process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
      process.exit(1)
    })
  else if (server instanceof Server)
    server.on('connection', (socket: Socket) => {
      socket.on('error', () => socket.destroy())
      const way = ways[heard.leadsTo]
      if (way) way(socket)
      else socket.destroy()
    })
})
