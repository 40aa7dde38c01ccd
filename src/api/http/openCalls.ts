import type { FastifyRequest } from 'fastify'
import { Refused } from '../../errors/refused.ts'
import { say } from '../../errors/say.ts'
import type { Api } from '../context.ts'

/**
 * Calls answered at a time; of them those with a body that need no login, from all addresses and
 * from one.
 */
const maxCalls = { all: 1000, open: 200, openHere: 50 } as const

/** How long a body may take. A package comes over slow lines: a silent one ends by silentMs. */
const bodyMs = { plain: 20_000, upload: 4 * 3_600_000 } as const

/** How long a server that stops waits for the rest of a body, and for an answer. */
const stopMs = { plain: 3000, upload: 30_000, answer: 50_000 } as const

/** A connection on which nothing moves is closed after this long; calls answer sooner. */
export const silentMs = 90_000
/** A call's headers have to be there after this long. */
export const headersMs = 20_000

const kindOf = ({ routeOptions }: FastifyRequest): keyof typeof bodyMs =>
  routeOptions.config.streamsBody ? 'upload' : 'plain'

/** Ends the connection of a call whose body is not complete. */
function cut({ raw }: FastifyRequest): void {
  // Absent in a call that came over no connection.
  if (raw.complete !== false) return
  const closing = 'HTTP/1.1 408 Request Timeout\r\nConnection: close\r\nContent-Length: 0\r\n\r\n'
  if (raw.socket.bytesWritten === 0) raw.socket.write(closing)
  raw.socket.destroySoon()
}

/**
 * Bounds how many calls are under way, how long their bodies take, and how long they hold a server
 * that stops.
 */
export function boundOpenCalls(api: Api): void {
  const under = new Set<FastifyRequest>()
  /** Calls that need no login and bring a body; health is always told. */
  const isOpen = ({ routeOptions, method }: FastifyRequest): boolean =>
    routeOptions.config.permission === 'OPEN' && method !== 'GET' && method !== 'HEAD'

  api.addHook('onRequest', async (request, reply) => {
    // It outlives the answer: a refused call's body is still read to keep its connection.
    const timer = setTimeout(() => cut(request), bodyMs[kindOf(request)]).unref()
    request.raw.once('close', () => clearTimeout(timer))
    const { permission, stream } = request.routeOptions.config
    // Streams have their own bound.
    if (stream === true || (permission === 'OPEN' && !isOpen(request))) return
    const open = isOpen(request) ? [...under].filter(isOpen) : []
    const here = open.filter(({ ip }) => ip === request.ip)
    if (
      under.size >= maxCalls.all ||
      open.length >= maxCalls.open ||
      here.length >= maxCalls.openHere
    ) {
      throw new Refused({ code: 'COM10004', args: [say`too many calls are under way`] })
    }
    under.add(request)
    reply.raw.once('close', () => under.delete(request))
  })
  api.addHook('onResponse', async (request) => void under.delete(request))
  api.addHook('preClose', async () => {
    const begun = Date.now()
    const timer = setInterval(() => {
      const waited = Date.now() - begun
      for (const request of under) if (waited >= stopMs[kindOf(request)]) cut(request)
      // What is left then are connections without a call, or with half of its headers.
      if ((under.size === 0 && waited >= 500) || waited >= stopMs.answer)
        api.server.closeAllConnections()
    }, 100)
    api.server.once('close', () => clearInterval(timer))
  })
}
