import { pino } from 'pino'
import { expect, it } from 'vitest'
import { startTracing } from '../../src/tracing/index.ts'
import { openApi } from '../api/server.ts'
import { Collector, kinds } from './collector.ts'

it('a call is a span by its route, with nothing of its body, query or headers; probes are none', async () => {
  await using stack = new AsyncDisposableStack()
  const collector = stack.use(await Collector.start())
  const settings = { url: `${collector.url}/v1/traces`, sampler: 'always_on', ratio: 1 } as const
  const tracing = await startTracing(settings, 'obflow-api', pino({ level: 'silent' }))
  stack.defer(() => tracing.close())
  const api = await openApi()
  stack.defer(() => api.close())
  await api.reset()
  await api.app.inject('/healthz')
  await api.app.inject('/readyz')
  await api.post('/api/v2/compute/regions', { name: 'secret-name' })
  await api.get('/api/v2/compute/regions?keyword=secret-word')
  const trace = '0af7651916cd43dd8448eb211c80319c'
  const traceparent = `00-${trace}-b7ad6b7169203331-01`
  const headers = { traceparent, 'x-trace-id': 'of-a-caller' }
  await api.call({ url: '/api/v2/tasks/instances/17', headers })
  await tracing.close()
  expect(collector.spans.map(({ name, kind }) => [name, kind])).toEqual([
    ['POST /api/v2/compute/regions', kinds.server],
    ['GET /api/v2/compute/regions', kinds.server],
    ['GET /api/v2/tasks/instances/:id', kinds.server],
  ])
  expect(collector.spans[2]).toMatchObject({
    traceId: trace,
    status: { code: 0 },
    attributes: {
      'http.response.status_code': 404,
      'obflow.trace_id': 'of-a-caller',
      'obflow.task.id': 17,
      'url.path': '/api/v2/tasks/instances/17',
    },
  })
  expect(JSON.stringify(collector.spans)).not.toMatch(/secret|Basic|admin/)
})
