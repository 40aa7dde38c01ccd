import { errorCodes, type FastifyRequest } from 'fastify'
import type { Api } from '../context.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Reads a body that it has no schema for. */
    readsBody?: boolean
  }
}

const readsBody = ({ routeOptions: { schema, config } }: FastifyRequest): boolean =>
  schema?.body !== undefined || config.readsBody === true || config.streamsBody === true

export const isMultipart = ({ headers }: Pick<FastifyRequest, 'headers'>): boolean =>
  /^multipart\//i.test(headers['content-type'] ?? '')

const unsupported = ({ headers }: FastifyRequest) =>
  new errorCodes.FST_ERR_CTP_INVALID_MEDIA_TYPE(headers['content-type'] ?? '(none)')

/**
 * Takes bodies as JSON only: a form or a text can be posted by a page of any site. A call that
 * reads no body takes an empty one under any content type, as clients of OCP send it.
 */
export function takeBodies(api: Api): void {
  api.removeAllContentTypeParsers()
  const parse = api.getDefaultJsonParser('error', 'error')
  api.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body, done) => {
    if (!readsBody(request)) return done(null, undefined)
    return parse(request, body.toString(), done)
  })
  api.addContentTypeParser(
    '*',
    { parseAs: 'buffer' },
    async (request: FastifyRequest, body: Buffer) => {
      if (request.is404 || (body.length === 0 && !readsBody(request))) return undefined
      throw unsupported(request)
    },
  )
  api.addHook('preValidation', async (request) => {
    if (
      isMultipart(request) &&
      !request.is404 &&
      request.routeOptions.config.streamsBody !== true
    ) {
      throw unsupported(request)
    }
  })
}
