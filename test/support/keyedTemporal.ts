import { once } from 'node:events'
import {
  connect,
  constants,
  createSecureServer,
  type IncomingHttpHeaders,
  type ServerHttp2Stream,
} from 'node:http2'
import { z } from 'zod'

export interface KeyedTemporalOptions {
  /** Where the calls go that are let in. */
  readonly upstream: string
  readonly apiKey: string
  /** Of the front: certificate chain and private key, PEM. */
  readonly cert: Buffer
  readonly key: Buffer
}

/** A front as Temporal Cloud's, on loopback: TLS, and only calls with the API key are let in. */
export interface KeyedTemporal {
  readonly port: number
  /**
   * Names of the methods that were called with the key, and of those that were called without it.
   */
  readonly admitted: ReadonlySet<string>
  readonly refused: ReadonlySet<string>
  close(): Promise<void>
}

/** gRPC's code for a caller who is not known. Source: grpc/doc/statuscodes.md. */
const unauthenticated = '16'

/** Headers that belong to one connection: each side has its own. */
const ofConnection = new Set(['connection', ':scheme', ':authority', 'host'])

const passedOn = (headers: IncomingHttpHeaders) =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => !ofConnection.has(name)))

export async function startKeyedTemporal({
  upstream,
  apiKey,
  cert,
  key,
}: KeyedTemporalOptions): Promise<KeyedTemporal> {
  const behind = connect(`http://${upstream}`)
  behind.on('error', () => undefined)
  const admitted = new Set<string>()
  const refused = new Set<string>()
  const front = createSecureServer({ cert, key })

  const forward = (stream: ServerHttp2Stream, headers: IncomingHttpHeaders): void => {
    const call = behind.request(passedOn(headers))
    let trailers: IncomingHttpHeaders = {}
    call.on('trailers', (received) => {
      trailers = received
    })
    call.on('response', (answer, flags) => {
      const over = (flags & constants.NGHTTP2_FLAG_END_STREAM) !== 0
      stream.respond(passedOn(answer), { waitForTrailers: !over, endStream: over })
      stream.on('wantTrailers', () => stream.sendTrailers(passedOn(trailers)))
      if (!over) call.pipe(stream)
    })
    call.on('error', () => stream.close(constants.NGHTTP2_CANCEL))
    stream.on('close', () => call.close(constants.NGHTTP2_CANCEL))
    stream.pipe(call)
  }
  front.on('stream', (stream, headers) => {
    stream.on('error', () => undefined)
    const method = String(headers[':path']).replace(/.*\//, '')
    const isKnown = headers.authorization === `Bearer ${apiKey}`
    ;(isKnown ? admitted : refused).add(method)
    if (isKnown) return forward(stream, headers)
    stream.respond(
      {
        ':status': 200,
        'content-type': 'application/grpc',
        'grpc-status': unauthenticated,
        'grpc-message': 'Request unauthorized.',
      },
      { endStream: true },
    )
  })
  const sessions = new Set<{ destroy(): void }>()
  front.on('session', (session) => {
    sessions.add(session)
    session.on('error', () => undefined)
    session.on('close', () => sessions.delete(session))
  })
  front.listen(0, '127.0.0.1')
  await once(front, 'listening')
  return {
    port: z.object({ port: z.number() }).parse(front.address()).port,
    admitted,
    refused,
    async close() {
      const closed = once(front, 'close')
      front.close()
      for (const session of sessions) session.destroy()
      behind.destroy()
      await closed
    },
  }
}
