import { readFile } from 'node:fs/promises'
import swagger from '@fastify/swagger'
import type { RouteOptions } from 'fastify'
import { z } from 'zod'
import { guidePath } from '../../errors/guide.ts'
import type { Api, Context } from '../context.ts'
import { type Call, type Calls, callOf, keyOf } from '../http/call.ts'
import { failed } from '../schemas/envelope.ts'
import { documentOf } from './document.ts'
import { guidePage } from './guide.ts'
import { page } from './page.ts'

const content = (type: string, schema: z.ZodType, description = 'OK') => ({
  description,
  content: { [type]: { schema } },
})

/** Gives a route the schemas of its replies: of several methods, the first's. */
function describe(route: RouteOptions) {
  const { schema } = route
  const call = callOf(route, [route.method].flat()[0] ?? '')
  if (call === undefined) return schema
  const { summary, tag, reply, bare, refusal = failed, also = {} } = call
  const shape = (value: z.ZodType) => (bare ? content(bare.type, value) : value)
  const others = Object.fromEntries(
    Object.entries(also).map(([status, value]) => [status, shape(value)]),
  )
  const response = {
    200: shape(bare?.schema ?? reply ?? z.unknown()),
    ...others,
    '4xx': content('application/json', refusal, 'Refused: nothing was changed'),
    '5xx': content('application/json', refusal, 'Trouble here: try again later'),
  }
  return { ...schema, summary, tags: [tag], response }
}

/**
 * Describes every route that is added afterwards, and collects their calls. Replies are only
 * described: a handler's are checked by the tests, not on each call.
 */
export async function describeRoutes(api: Api, config: Context['config']): Promise<Calls> {
  const calls = new Map<string, Call>()
  api.setSerializerCompiler(() => JSON.stringify)
  api.addHook('onRoute', (route) => {
    const described = describe(route)
    if (described) route.schema = described
    for (const method of [route.method].flat()) {
      const call = callOf(route, method)
      if (call) calls.set(keyOf(method, route.url), call)
    }
  })
  await api.register(swagger, documentOf(config, calls))
  return calls
}

const guideFile = new URL('../../../docs/operators.md', import.meta.url)

/**
 * The OpenAPI document, a page to read it, and the operator's guide. All are open: they hold nothing
 * of what is stored here.
 */
export function openapi(api: Api): void {
  const itself = { config: { permission: 'OPEN', bare: true }, schema: { hide: true } } as const
  let text: string | undefined
  let html: string | undefined
  api.get('/api/v2/openapi.json', itself, async (_, reply) => {
    text ??= JSON.stringify(api.swagger())
    return reply.type('application/json').send(text)
  })
  api.get('/api/v2/docs', itself, async (_, reply) => {
    html ??= page(api.swagger())
    return reply.type('text/html; charset=utf-8').send(html)
  })
  let guide: string | undefined
  api.get(guidePath, itself, async (_, reply) => {
    guide ??= guidePage(await readFile(guideFile, 'utf8'))
    return reply.type('text/html; charset=utf-8').send(guide)
  })
}
