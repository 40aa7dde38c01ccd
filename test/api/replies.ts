import type { FastifyInstance } from 'fastify'
import { z } from 'zod'

type Schema =
  | z.ZodType
  | { readonly content: Readonly<Record<string, { readonly schema: z.ZodType }>> }
  | undefined

const described = z.object({ response: z.record(z.string(), z.custom<Schema>()) })

/**
 * Holds every reply of a server against the schema that its route declares: a field that is not
 * there, or one that is not declared, ends up in the list that is given back.
 */
export function checkReplies(app: Pick<FastifyInstance, 'addHook'>): string[] {
  const mismatches: string[] = []
  app.addHook('onSend', async (request, reply, payload) => {
    const { url, schema } = request.routeOptions
    const declared = described.safeParse(schema).data?.response
    if (declared === undefined || typeof payload !== 'string') return payload
    const { statusCode } = reply
    const found = declared[statusCode] ?? declared[`${String(statusCode)[0]}xx`]
    const type = String(reply.getHeader('content-type')).split(';')[0] ?? ''
    const shape = found && 'content' in found ? found.content[type]?.schema : found
    const at = `${request.method} ${url} ${statusCode}`
    if (shape === undefined) mismatches.push(`${at}: no schema for ${type}`)
    else {
      const parsed = shape.safeParse(type === 'application/json' ? JSON.parse(payload) : payload)
      if (!parsed.success) mismatches.push(`${at}: ${z.prettifyError(parsed.error)}`)
    }
    return payload
  })
  return mismatches
}
