import { z } from 'zod'
import type { Api, Context } from './context.ts'
import { isoTime } from './time.ts'

const bare = { bare: true, permission: 'AUTHENTICATED' } as const
const open = { bare: true, permission: 'OPEN' } as const

/** Time, version and health: OCP answers these without its envelope. */
export function meta(api: Api, { store }: Context): void {
  api.get('/api/v2/time', { config: bare }, async (_, reply) => reply.type('text/plain').send(isoTime(new Date())))
  api.get('/api/v2/info', { config: bare }, async () => ({
    artifact: 'obflow',
    buildVersion: '0.1.0',
    group: 'obflow',
    name: 'obflow',
    nodeVersion: process.version,
  }))

  const storeAnswers = () =>
    store.ping().then(
      () => true,
      () => false,
    )
  const query = z.strictObject({ includeUnavailableComponent: z.enum(['true', 'false']).optional() })
  api.get('/api/status', { config: open, schema: { querystring: query } }, async (_, reply) => {
    const well = await storeAnswers()
    return reply
      .code(well ? 200 : 503)
      .type('text/plain')
      .send(well ? 'okay' : 'bad [store]')
  })
  api.get('/healthz', { config: open }, async (_, reply) => {
    const well = await storeAnswers()
    return reply.code(well ? 200 : 503).send({ status: well ? 'okay' : 'bad', store: well ? 'okay' : 'away' })
  })
}
