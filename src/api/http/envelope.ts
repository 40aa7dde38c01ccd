import { randomUUID } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { networkInterfaces } from 'node:os'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Page, Paging } from '../../store/index.ts'
import { isoTime } from './time.ts'

/** What a handler answers; the envelope is put around it in one place. */
export interface Answer {
  readonly data?: unknown
  /** Fields of the request that have no effect, and what else the caller should know. */
  readonly warnings?: readonly unknown[]
}

export const data = (value: unknown): Answer => ({ data: value })
export const contents = (items: readonly unknown[]): Answer => ({ data: { contents: items } })
/** For calls that OCP answers without data. */
export const done: Answer = {}

export const paged = <Item>(
  page: Page<Item>,
  { page: number, size }: Paging,
  show: (item: Item) => unknown,
): Answer => ({
  data: {
    contents: page.contents.map(show),
    page: { number, size, totalElements: page.total, totalPages: Math.ceil(page.total / size) },
  },
})

/**
 * A caller's trace id is adopted when it is one; OCP's own are 16 hex digits, the start of a UUID.
 */
export const traceIdOf = (request: IncomingMessage): string => {
  const given = request.headers['x-trace-id']
  return typeof given === 'string' && /^[\w-]{1,64}$/.test(given)
    ? given
    : randomUUID().replaceAll('-', '').slice(0, 16)
}

const ownAddress = (): string =>
  Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .find((address) => address.family === 'IPv4' && !address.internal)?.address ?? '127.0.0.1'

export const serverOf = (request: FastifyRequest): string =>
  request.socket.localAddress?.replace(/^::ffff:/, '') ?? ownAddress()

/** OCP's envelope, keys in OCP's order. */
export const envelope = (
  request: FastifyRequest,
  reply: FastifyReply,
  body: Answer & { readonly error?: unknown },
) => ({
  ...(body.data !== undefined && { data: body.data }),
  duration: Math.round(reply.elapsedTime),
  ...(body.error !== undefined && { error: body.error }),
  server: serverOf(request),
  status: reply.statusCode,
  successful: body.error === undefined,
  timestamp: isoTime(new Date()),
  traceId: request.id,
  ...(body.warnings !== undefined && body.warnings.length > 0 && { warnings: body.warnings }),
})
