import type { FastifyRequest } from 'fastify'
import { type CallEnd, type OpenSpan, traces } from '../../traces.ts'
import { taskOf } from '../audit/book.ts'
import type { Api } from '../context.ts'
import { callOf } from './call.ts'

/** Asked every few seconds by what watches a process; nobody looks for them among traces. */
const watched: ReadonlySet<string> = new Set(['/healthz', '/readyz'])

const pathOf = (url: string): string => url.split('?')[0] ?? url

/** Makes a span of each call that has a name in the OpenAPI document; nothing while traces are off. */
export function traceCalls(api: Api): void {
  const tracer = traces.tracer()
  if (tracer === undefined) return
  const spans = new WeakMap<FastifyRequest, OpenSpan<CallEnd>>()
  api.addHook('onRequest', (request, _reply, next) => {
    const { routeOptions, method } = request
    const { url: route = '' } = routeOptions
    if (callOf(routeOptions, method) === undefined || watched.has(route)) return next()
    const span = tracer.call({
      method,
      route,
      path: pathOf(request.url),
      scheme: request.protocol,
      client: request.ip,
      server: { address: request.hostname, port: request.port ?? undefined },
      traceId: request.id,
      headers: request.headers,
    })
    spans.set(request, span)
    span.inside(next)
  })
  // A body is read in the context of its connection, which knows of no span.
  api.addHook('preValidation', (request, _reply, next) => {
    const span = spans.get(request)
    if (span) span.inside(next)
    else next()
  })
  api.addHook('onResponse', async (request, reply) =>
    spans.get(request)?.end({ status: reply.statusCode, taskId: taskOf(request) }),
  )
}
