import { readFileSync } from 'node:fs'
import { z } from 'zod'
import type { Api, Context } from './context.ts'
import type { Call } from './http/call.ts'
import { isoTime } from './http/time.ts'

const { version } = z
  .object({ version: z.string() })
  .parse(JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')))

type Facts = Omit<Call, 'tag'>
const asked = (call: Facts) =>
  ({ bare: true, permission: 'AUTHENTICATED', call: { tag: 'Service', ...call } }) as const
const open = (call: Facts) =>
  ({ bare: true, permission: 'OPEN', call: { tag: 'Service', ...call } }) as const

const text = { type: 'text/plain', schema: z.string() }
const part = z.enum(['okay', 'away'])
const healthShape = z.strictObject({
  status: z.enum(['okay', 'bad']),
  store: z.enum([...part.options, 'full']),
  temporal: part,
  workers: z.enum([...part.options, 'unknown']),
})
const info = z.strictObject({
  artifact: z.string(),
  buildVersion: z.string(),
  group: z.string(),
  name: z.string(),
  nodeVersion: z.string(),
})

/** Time, version and health: OCP answers these without its envelope. */
export function meta(api: Api, { config, health, sick }: Context): void {
  api.get(
    '/api/v2/time',
    { config: asked({ id: 'getTime', summary: 'Get the time of this service', bare: text }) },
    async (_, reply) => reply.type('text/plain').send(isoTime(new Date())),
  )
  api.get(
    '/api/v2/info',
    {
      config: asked({
        id: 'getInfo',
        summary: 'Get name and version of this service',
        reply: info,
      }),
    },
    async () => ({
      artifact: 'obflow',
      buildVersion: config.ocpVersion ?? version,
      group: 'obflow',
      name: 'obflow',
      nodeVersion: process.version,
    }),
  )

  const query = z.strictObject({
    includeUnavailableComponent: z.enum(['true', 'false']).optional(),
  })
  api.get(
    '/api/status',
    {
      config: open({
        id: 'getStatus',
        summary: "Health in OCP's form",
        bare: text,
        also: { 503: z.string() },
      }),
      schema: { querystring: query },
    },
    async ({ query: wish }, reply) => {
      const { status, ...parts } = await health()
      const away = Object.entries(parts).flatMap(([name, part]) =>
        part === 'away' || part === 'full' ? [name] : [],
      )
      // OCP's sample is "bad monitordb".
      const named = status === 'bad' && wish.includeUnavailableComponent === 'true'
      return reply
        .code(status === 'okay' ? 200 : 503)
        .type('text/plain')
        .send(named ? `bad ${away.join(', ')}` : status)
    },
  )
  // Liveness: a restart would not bring back a dependency that is away, but it brings back this
  // process.
  api.get(
    '/healthz',
    {
      config: open({
        id: 'getHealth',
        summary: 'Liveness',
        description: 'Answers as long as the process serves. A supervisor restarts it by this.',
        reply: z.strictObject({ status: z.literal('okay') }),
        also: { 503: z.strictObject({ status: z.literal('bad'), cause: z.string() }) },
      }),
    },
    async (_, reply) => {
      const cause = sick()
      return cause === undefined
        ? { status: 'okay' }
        : reply.code(503).send({ status: 'bad', cause })
    },
  )
  api.get(
    '/readyz',
    {
      config: open({
        id: 'getReadiness',
        summary: 'Readiness',
        description:
          'Whether store, Temporal and workers are there. A load balancer chooses by this.',
        reply: healthShape,
        also: { 503: healthShape },
      }),
    },
    async (_, reply) => {
      const found = await health()
      return reply.code(found.status === 'okay' ? 200 : 503).send(found)
    },
  )
}
