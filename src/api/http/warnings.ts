import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import { saidIn, say } from '../../errors/say.ts'
import { languageOf } from './errors.ts'
import { ignoredIn } from './fields.ts'

const maxWarnings = 50

/** One line for each field of a request that has no effect here. */
export function warningsOf({ body, headers, routeOptions }: FastifyRequest) {
  const schema = routeOptions.schema?.body
  if (!(schema instanceof z.ZodType)) return []
  const language = languageOf(headers['accept-language'])
  return ignoredIn(schema, body)
    .slice(0, maxWarnings)
    .map(({ field, why }) => ({
      field,
      message: saidIn(language, say`OCP knows this field; it has no effect here: ${why}`),
    }))
}
