import { readFileSync } from 'node:fs'
import { z } from 'zod'
import type { Api, Context } from './context.ts'
import { isoTime } from './http/time.ts'

const { version } = z
  .object({ version: z.string() })
  .parse(JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')))

const bare = { bare: true, permission: 'AUTHENTICATED' } as const
const open = { bare: true, permission: 'OPEN' } as const

/** Time, version and health: OCP answers these without its envelope. */
export function meta(api: Api, { config, health, sick }: Context): void {
  api.get('/api/v2/time', { config: bare }, async (_, reply) =>
    reply.type('text/plain').send(isoTime(new Date())),
  )
  api.get('/api/v2/info', { config: bare }, async () => ({
    artifact: 'obflow',
    buildVersion: config.ocpVersion ?? version,
    group: 'obflow',
    name: 'obflow',
    nodeVersion: process.version,
  }))

  const query = z.strictObject({
    includeUnavailableComponent: z.enum(['true', 'false']).optional(),
  })
  api.get(
    '/api/status',
    { config: open, schema: { querystring: query } },
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
  api.get('/healthz', { config: open }, async (_, reply) => {
    const cause = sick()
    return cause === undefined ? { status: 'okay' } : reply.code(503).send({ status: 'bad', cause })
  })
  api.get('/readyz', { config: open }, async (_, reply) => {
    const found = await health()
    return reply.code(found.status === 'okay' ? 200 : 503).send(found)
  })
}
