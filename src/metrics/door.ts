import { createHash, timingSafeEqual } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { isIP } from 'node:net'
import type { MetricsDoor } from '../config.ts'
import { StartError, wordsOf } from '../errors/startError.ts'
import type { Secret } from '../quote.ts'
import { urlAt } from '../urlAt.ts'

export interface DoorOptions {
  readonly at: MetricsDoor
  readonly contentType: string
  readonly read: () => Promise<string>
  /** Resolves to why the process is not well; undefined when it is. */
  readonly sickness: () => Promise<string | undefined>
}

const digest = (text: string): Buffer => createHash('sha256').update(text).digest()

const mayRead = (token: Secret, { headers }: IncomingMessage): boolean =>
  timingSafeEqual(digest(headers.authorization ?? ''), digest(`Bearer ${token.reveal()}`))

/** A page in a browser of this machine comes by a name of its own (DNS rebinding). */
function namesUs({ headers: { host = '' } }: IncomingMessage): boolean {
  const name = host.replace(/:\d+$/, '').replace(/^\[(.*)\]$/, '$1')
  return name === 'localhost' || isIP(name) !== 0
}

/** Serves `/metrics` and `/healthz`, and nothing else. Throws StartError. */
export async function openDoor({ at, contentType, read, sickness }: DoorOptions) {
  const { host, port, token } = at
  // For all who ask at the same time once: asking costs the store a look.
  let reading: Promise<string> | undefined
  const readOnce = (): Promise<string> => {
    reading ??= read().finally(() => {
      reading = undefined
    })
    return reading
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const send = (status: number, text: string, type = 'text/plain; charset=utf-8') =>
      response
        .writeHead(status, {
          'content-type': type,
          'cache-control': 'no-store',
          'x-content-type-options': 'nosniff',
        })
        .end(text)
    const path = request.url?.split('?')[0]
    if (request.method !== 'GET' && request.method !== 'HEAD') return void send(405, 'GET only\n')
    if (path === '/healthz') {
      const why = await sickness()
      return void send(why === undefined ? 200 : 503, `${why ?? 'okay'}\n`)
    }
    if (path !== '/metrics') return void send(404, '/metrics and /healthz\n')
    if (token === undefined ? !namesUs(request) : !mayRead(token, request))
      return void send(token === undefined ? 403 : 401, 'not for you\n')
    send(200, await readOnce(), contentType)
  }

  const server = createServer(
    { requestTimeout: 5000, headersTimeout: 5000 },
    (request, response) =>
      void answer(request, response).catch(() => response.writeHead(500).end()),
  )
  server.maxConnections = 50
  const listening = once(server, 'listening')
  server.listen(port, host)
  await listening.catch((error: unknown) => {
    throw new StartError(
      `cannot listen at OBFLOW_METRICS_LISTEN, ${host}:${port}: ${wordsOf(error)}`,
      { cause: error },
    )
  })
  const address = server.address()
  const bound = typeof address === 'object' && address !== null ? address.port : port
  return {
    url: urlAt(host, bound),
    async close() {
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
}
