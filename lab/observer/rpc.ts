import { createConnection, createServer, type Server, type Socket } from 'node:net'
import { Refusal } from './sqlErrors.ts'

/**
 * The lab's own protocol on the RPC port: one JSON line asks, one JSON line answers; `sql` turns
 * the connection into a MySQL tunnel.
 */
export type Handlers = Record<string, (body: unknown) => unknown>
export type Address = { ip: string; port: number }

export const addressText = ({ ip, port }: Address) => `${ip}:${port}`

export function parseAddress(text: string): Address | undefined {
  const found = /^(\d{1,3}(?:\.\d{1,3}){3}):(\d{1,5})$/.exec(text.trim())
  return found ? { ip: found[1] ?? '', port: Number(found[2]) } : undefined
}

type Reply = { result?: unknown; error?: { errno: number; sqlState: string; message: string } }

export function serveRpc(
  handlers: Handlers,
  onSql: (socket: Socket, vouched: boolean) => void,
): Server {
  return createServer((socket) => {
    socket.setNoDelay(true)
    socket.on('error', () => socket.destroy())
    firstLine(socket, (line, rest) => {
      const request: { op?: unknown; body?: unknown; vouched?: boolean } = JSON.parse(line)
      if (request.op === 'sql') {
        if (rest.length > 0) socket.unshift(rest)
        onSql(socket, request.vouched === true)
        socket.resume()
        return
      }
      void respond(handlers[String(request.op)], request.body).then((reply) =>
        socket.end(`${JSON.stringify(reply)}\n`),
      )
    })
  })
}

async function respond(handler: Handlers[string] | undefined, body: unknown): Promise<Reply> {
  try {
    return { result: handler ? await handler(body) : null }
  } catch (error) {
    if (error instanceof Refusal) return { error: error.sql }
    return {
      error: {
        errno: 4016,
        sqlState: 'HY000',
        message: error instanceof Error ? error.message : String(error),
      },
    }
  }
}

function firstLine(socket: Socket, then: (line: string, rest: Buffer) => void): void {
  let pending: Buffer = Buffer.alloc(0)
  const onData = (chunk: Buffer): void => {
    pending = Buffer.concat([pending, chunk])
    const at = pending.indexOf(10)
    if (at < 0) return
    socket.off('data', onData)
    socket.pause()
    try {
      then(pending.toString('utf8', 0, at), pending.subarray(at + 1))
    } catch {
      socket.destroy()
    }
  }
  socket.on('data', onData)
}

/**
 * Asks another observer. Throws Refusal for its refusal, a plain Error when it cannot be reached in
 * time.
 */
export async function call<T>(
  to: Address,
  op: string,
  body: unknown,
  timeoutMs: number,
): Promise<T> {
  const line = await new Promise<string>((resolve, reject) => {
    const socket = createConnection({ host: to.ip, port: to.port, noDelay: true })
    const fail = (why: string): void => {
      socket.destroy()
      reject(new Error(`rpc to ${addressText(to)} failed: ${why}`))
    }
    const timer = setTimeout(() => fail('timeout'), timeoutMs)
    socket.on('error', (error) => fail(error.message))
    socket.on('close', () => {
      clearTimeout(timer)
      fail('closed')
    })
    socket.write(`${JSON.stringify({ op, body })}\n`)
    firstLine(socket, (text) => {
      clearTimeout(timer)
      resolve(text)
      socket.destroy()
    })
  })
  const reply: Reply & { result?: T } = JSON.parse(line)
  if (reply.error) throw new Refusal(reply.error)
  return reply.result as T
}

/**
 * Opens a MySQL connection to the leader's front through its RPC port; `vouched` for a login that
 * the own schema lets in.
 */
export function openTunnel(to: Address, { vouched = false } = {}): Socket {
  const socket = createConnection({ host: to.ip, port: to.port, noDelay: true })
  socket.write(`${JSON.stringify({ op: 'sql', vouched })}\n`)
  return socket
}
