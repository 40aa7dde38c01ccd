import { syncBuiltinESMExports } from 'node:module'
import net, { type Server, type Socket } from 'node:net'
import { type Duplex, duplexPair } from 'node:stream'
import { z } from 'zod'

/** The server never gets the statement, or it has answered and nobody hears it. */
export type Instant = 'not sent' | 'answer lost'

/** What ends: this connection alone, or the whole attempt, as when its worker is killed. */
export type Extent = 'connection cut' | 'worker killed'

/** What stands between the nodes and the SQL ports of some hosts. */
export interface SqlGate extends AsyncDisposable {
  /**
   * From now on the statement of that number is cut; the signal aborts when the worker is killed.
   */
  arm(statement: number, instant: Instant, extent: Extent): AbortSignal
  /** Stands before a connection that goes another way, as one over a host's loopback does. */
  before(upstream: Duplex): Duplex
  /** Lets everything through again. Gives what was cut, if anything. */
  disarm(): string | undefined
}

/** Where connections to `ip:port` go instead. */
const detours = new Map<string, number>()

const target = z.looseObject({ host: z.string(), port: z.number() })

const plain = net.connect

/** Every socket of this process is made here: those to a SQL port go through its gate. */
function detoured(...call: unknown[]): Socket {
  const { data } = target.safeParse(call[0])
  const port = data && detours.get(`${data.host}:${data.port}`)
  return Reflect.apply(
    plain,
    net,
    port === undefined ? call : [{ ...data, host: '127.0.0.1', port }],
  )
}

const commandQuery = 0x03

/** A statement is one packet and one write: 3 bytes of length, number 0, the command, text. */
const statementIn = (chunk: Buffer): string | undefined =>
  chunk[3] === 0 && chunk[4] === commandQuery ? chunk.toString('utf8', 5, 105) : undefined

interface Order {
  readonly statement: number
  readonly instant: Instant
  readonly extent: Extent
}

/** Puts a gate in front of the SQL ports of these addresses. */
export async function createSqlGate(
  ips: readonly string[],
  ports: readonly number[],
): Promise<SqlGate> {
  Object.assign(net, { connect: detoured })
  syncBuiltinESMExports()
  const none: Order = { statement: 0, instant: 'not sent', extent: 'connection cut' }
  let order = none
  let seen = 0
  let cut: string | undefined
  let closed = false
  let death = new AbortController()
  const open = new Set<Duplex>()
  const servers: Server[] = []

  const pass = (client: Duplex, upstream: Duplex): void => {
    let answerLost: string | undefined
    const end = (): void => {
      client.destroy()
      upstream.destroy()
    }
    const meetEnd = (statement: string): void => {
      cut = statement
      end()
      if (order.extent === 'connection cut') return
      closed = true
      for (const socket of open) socket.destroy()
      death.abort(new Error('the worker was killed'))
    }
    for (const socket of [client, upstream]) {
      open.add(socket)
      socket.once('close', () => open.delete(socket))
      socket.on('error', end)
      socket.on('close', end)
    }
    client.on('data', (chunk) => {
      const statement = statementIn(chunk)
      if (statement !== undefined && ++seen === order.statement) {
        if (order.instant === 'not sent') return meetEnd(statement)
        answerLost = statement
      }
      upstream.write(chunk)
    })
    upstream.on('data', (chunk) => {
      if (answerLost === undefined) client.write(chunk)
      else meetEnd(answerLost)
    })
  }

  for (const ip of ips) {
    for (const port of ports) {
      const server = net.createServer({ noDelay: true }, (client) => {
        if (closed) client.destroy()
        else pass(client, plain({ host: ip, port, noDelay: true }))
      })
      servers.push(server)
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
      const address = server.address()
      if (address === null || typeof address === 'string') throw new Error('the gate has no port')
      detours.set(`${ip}:${port}`, address.port)
    }
  }
  return {
    arm(statement, instant, extent) {
      order = { statement, instant, extent }
      seen = 0
      cut = undefined
      death = new AbortController()
      return death.signal
    },
    before(upstream) {
      const [near, far] = duplexPair()
      near.on('error', () => undefined)
      // duplexPair does not pass on that a side was destroyed: the client would wait for a timeout.
      far.once('close', () => near.destroy())
      near.once('close', () => far.destroy())
      if (closed) near.destroy()
      else pass(far, upstream)
      return near
    },
    disarm() {
      order = none
      closed = false
      return cut
    },
    async [Symbol.asyncDispose]() {
      for (const socket of open) socket.destroy()
      await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))))
      for (const ip of ips) for (const port of ports) detours.delete(`${ip}:${port}`)
    },
  }
}
