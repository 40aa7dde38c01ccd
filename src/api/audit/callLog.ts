import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Config } from '../../config.ts'
import { signals } from '../../signals.ts'
import type { Api } from '../context.ts'
import { callOf } from '../http/call.ts'
import { mayChange, taskOf } from './book.ts'

/** Who called what, and what came of it: no body, no query, no header but the address. */
const lineOf = (request: FastifyRequest, reply: FastifyReply) => ({
  call: callOf(request.routeOptions, request.method)?.id,
  user: request.caller?.name,
  address: request.ip,
  method: request.method,
  path: request.url.split('?')[0],
  status: reply.statusCode,
  task: taskOf(request),
  ms: Math.round(reply.elapsedTime),
  traceId: request.id,
})

/** Counts each call that was answered, and writes those into the log that are wished for. */
export function logCalls(api: Api, wished: Config['callLog']): void {
  // An access log that somebody asked for does not depend on how chatty the rest is.
  const log = wished === 'all' ? api.log.child({}, { level: 'info' }) : api.log
  api.addHook('onResponse', async (request, reply) => {
    const call = callOf(request.routeOptions, request.method)
    signals.call.send({ call: call?.id ?? 'none', status: reply.statusCode, ms: reply.elapsedTime })
    const changes = request.caller !== undefined && call !== undefined && mayChange(request)
    if (wished === 'all' || (wished === 'changes' && changes))
      log.info(lineOf(request, reply), changes ? 'call that may change something' : 'call')
  })
}
