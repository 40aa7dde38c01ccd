import type { FastifyRequest } from 'fastify'
import type { AuditedState, Store } from '../../store/index.ts'
import type { Api } from '../context.ts'
import { callOf } from '../http/call.ts'
import { withoutStatement } from '../http/withoutStatement.ts'

/** A thing before and after a call: absent where it was made, or is gone. */
export interface Change {
  readonly before?: AuditedState
  readonly after?: AuditedState
}

declare module 'fastify' {
  interface FastifyRequest {
    /** The task that the call made; what it is about otherwise stands in its path. */
    madeTask: number | undefined
    /** What the call changed; what it names of a thing never has a secret. */
    changed: Change | undefined
  }
}

const changesNothing: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS'])

/** Postgres's integer; an id beyond it names no task. */
const maxId = 2_147_483_647

/** The task that a call made, or that it is about. */
export function taskOf({ madeTask, routeOptions: { url = '' }, params }: FastifyRequest) {
  if (madeTask !== undefined) return madeTask
  const given =
    url.includes('/tasks/') && typeof params === 'object' && params !== null && 'id' in params
      ? Number(params.id)
      : undefined
  return given !== undefined && Number.isInteger(given) && given > 0 && given <= maxId
    ? given
    : undefined
}

/** A dry run, and a POST that OCP makes of a download, change nothing. */
export const mayChange = ({ method, query, routeOptions: { config } }: FastifyRequest): boolean =>
  !changesNothing.has(method) &&
  !config.permission?.endsWith(':READ') &&
  !(typeof query === 'object' && query !== null && 'dryRun' in query && query.dryRun === 'true')

/**
 * Writes down each call that may change something, refused ones too, before it is answered. Calls
 * of nobody are left out: else anybody could fill the book.
 */
export function keepBook(api: Api, store: Store): void {
  api.decorateRequest('madeTask', undefined)
  api.decorateRequest('changed', undefined)
  api.addHook('onSend', async (request, reply) => {
    const { caller, method } = request
    const call = callOf(request.routeOptions, method)
    if (caller === undefined || call === undefined || !mayChange(request)) return
    // Calls beyond the rate limit must cost next to nothing.
    if (reply.statusCode === 429) return
    await store.audit
      .add({
        userId: caller.id,
        username: caller.name,
        address: request.ip,
        call: call.id,
        method,
        path: request.url.split('?')[0] ?? '',
        status: reply.statusCode,
        taskId: taskOf(request) ?? null,
        // A call that failed changed nothing.
        before: (reply.statusCode < 300 && request.changed?.before) || null,
        after: (reply.statusCode < 300 && request.changed?.after) || null,
        traceId: request.id,
      })
      .catch((error: unknown) =>
        request.log.error({ err: withoutStatement(error), call: call.id }, 'a call is not audited'),
      )
  })
}
