import { createConnection, type Socket } from 'node:net'
import { answer, buildLogin, type Greeting, newLogin, parseGreeting } from '../mysql/handshake.ts'
import { frame, framer, type Packet, parseError, type SqlError } from '../mysql/packets.ts'
import type { Address } from './clusters.ts'

export const sqlError = (errno: number, sqlState: string, message: string): SqlError => ({
  errno,
  sqlState,
  message,
})

export class ProxyError extends Error {
  readonly sql: SqlError
  constructor(sql: SqlError) {
    super(sql.message)
    this.sql = sql
  }
}

/**
 * A connection to an observer that has greeted; `next` gives one packet after the other until
 * `release` hands the bytes over.
 */
export type Upstream = {
  socket: Socket
  greeting: Greeting
  next: () => Promise<Packet>
  release: () => void
}

const connectMs = 3000

/**
 * Connects to the first server of the list that greets: a server that is down or initializing is
 * passed over. Throws ProxyError.
 */
export async function connectToAny(servers: Address[]): Promise<Upstream> {
  const causes: string[] = []
  for (const server of servers) {
    try {
      return await connectTo(server)
    } catch (error) {
      causes.push(
        `${server.host}:${server.port}: ${error instanceof Error ? error.message : String(error)}`,
      )
    }
  }
  throw new ProxyError(
    sqlError(4012, 'HY000', `obproxy found no active server: ${causes.join('; ')}`),
  )
}

async function connectTo({ host, port }: Address): Promise<Upstream> {
  const socket = createConnection({ host, port, noDelay: true })
  const packets: Packet[] = []
  let waiting: { resolve: (packet: Packet) => void; reject: (error: Error) => void } | undefined
  const onData = framer((packet) => {
    if (waiting) waiting.resolve(packet)
    else packets.push(packet)
    waiting = undefined
  })
  const fail = (why: string): void => {
    waiting?.reject(new Error(why))
    waiting = undefined
    socket.destroy()
  }
  socket.on('data', onData)
  socket.on('error', (error) => fail(error.message))
  socket.on('close', () => fail('connection closed'))
  const timer = setTimeout(() => fail('timeout'), connectMs)
  const next = (): Promise<Packet> => {
    const ready = packets.shift()
    if (ready) return Promise.resolve(ready)
    if (socket.destroyed) return Promise.reject(new Error('connection closed'))
    return new Promise((resolve, reject) => {
      waiting = { resolve, reject }
    })
  }
  try {
    const { payload } = await next()
    const greeting = parseGreeting(payload)
    if (!greeting) throw new Error(parseError(payload)?.message ?? 'no MySQL greeting')
    return { socket, greeting, next, release: () => void socket.off('data', onData) }
  } catch (error) {
    socket.destroy()
    throw error
  } finally {
    clearTimeout(timer)
  }
}

/**
 * Logs in as the proxy's own user with sha1(password) in hex; what the real proxy does before it
 * serves a cluster. Throws ProxyError.
 */
export async function checkProxyUser(
  servers: Address[],
  cluster: string,
  sha1: string,
): Promise<void> {
  const upstream = await connectToAny(servers)
  try {
    const auth =
      sha1 === '' ? Buffer.alloc(0) : answer(Buffer.from(sha1, 'hex'), upstream.greeting.scramble)
    upstream.socket.write(frame(1, buildLogin(newLogin(`proxyro@sys#${cluster}`, auth))))
    const { payload } = await upstream.next()
    const refused = parseError(payload)
    if (refused)
      throw new ProxyError(
        sqlError(
          1045,
          '28000',
          `obproxy cannot log in to cluster '${cluster}' as proxyro: ${refused.message}`,
        ),
      )
  } finally {
    upstream.socket.destroy()
  }
}
