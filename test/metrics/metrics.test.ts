import { request } from 'node:http'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type MetricsDoor, readConfig } from '../../src/config.ts'
import { type Backlog, type Metrics, openMetrics } from '../../src/metrics/index.ts'
import { Secret } from '../../src/quote.ts'
import { signals } from '../../src/signals.ts'
import type { Workload } from '../../src/store/index.ts'
import { queries, seriesIn, seriesOf } from './dashboard.ts'

const at = (token?: string): MetricsDoor => ({
  host: '127.0.0.1',
  port: 0,
  token: token === undefined ? undefined : new Secret(token),
})
const workload: Workload = {
  tasks: [
    { operation: 'createCluster', status: 'SUCCESSFUL', open: false, count: 2, seconds: 90 },
    { operation: 'createCluster', status: 'FAILED', open: true, count: 1, seconds: 0 },
  ],
  subtasks: [{ node: 'installRpm', status: 'RUNNING', count: 3 }],
}
const waiting: Backlog[] = [{ kind: 'activity', tasks: 7, ageSeconds: 1.5 }]

async function ask(url: string, headers: Record<string, string> = {}, method = 'GET') {
  const { promise, resolve, reject } = Promise.withResolvers<{ status: number; text: string }>()
  request(url, { method, headers }, (reply) => {
    let text = ''
    reply.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk
    })
    reply.on('end', () => resolve({ status: reply.statusCode ?? 0, text }))
  })
    .on('error', reject)
    .end()
  return promise
}

describe('metrics', () => {
  let metrics: Metrics
  let away = false
  let sickness: string | undefined
  const read = async () => (await ask(`${metrics.url}/metrics`)).text
  const orAway = <T>(value: T) =>
    away ? Promise.reject(new Error('away')) : Promise.resolve(value)

  beforeAll(async () => {
    metrics = await openMetrics({
      at: at(),
      stock: {
        store: { workload: () => orAway(workload) },
        backlog: () => orAway(waiting),
      },
      sickness: async () => sickness,
    })
  })
  afterAll(() => metrics.close())

  test('show what there is in store and queue', async () => {
    const text = await read()
    for (const line of [
      'obflow_tasks{operation="createCluster",status="SUCCESSFUL",open="false"} 2',
      'obflow_tasks{operation="createCluster",status="FAILED",open="true"} 1',
      'obflow_task_seconds{operation="createCluster"} 90',
      'obflow_subtasks{node="installRpm",status="RUNNING"} 3',
      'obflow_queue_tasks{kind="activity"} 7',
      'obflow_queue_age_seconds{kind="activity"} 1.5',
      'obflow_up{part="store"} 1',
      'obflow_up{part="temporal"} 1',
    ])
      expect(text.split('\n')).toContain(line)
  })

  test('count what is done', async () => {
    signals.attempt.send({ node: 'makeDir', outcome: 'retried', ms: 10 })
    signals.attempt.send({ node: 'makeDir', outcome: 'failed', code: 'TSK10005', ms: 3000 })
    const moments = { askedAt: 1000, begunAt: 1500, endedAt: 3000 }
    signals.ssh.send({ address: '10.0.0.1', title: 'look', outcome: 'lost', ...moments })
    signals.sql.send({ address: '10.0.0.1:2881', title: 'SELECT 1', outcome: 'ok', ...moments })
    signals.call.send({ call: 'createCluster', status: 200, ms: 30 })
    const text = await read()
    for (const line of [
      'obflow_subtask_attempts_total{node="makeDir",outcome="retried"} 1',
      'obflow_subtask_failures_total{node="makeDir",code="TSK10005"} 1',
      'obflow_subtask_duration_seconds_sum{node="makeDir",outcome="failed"} 3',
      'obflow_ssh_command_duration_seconds_count{outcome="lost"} 1',
      'obflow_ssh_command_duration_seconds_sum{outcome="lost"} 2',
      'obflow_sql_statement_duration_seconds_count{outcome="ok"} 1',
      'obflow_http_request_duration_seconds_count{call="createCluster",status="200"} 1',
    ])
      expect(text.split('\n')).toContain(line)
    expect(text).not.toContain('10.0.0.1')
  })

  test('say that a part is away, and nothing old of it', async () => {
    away = true
    const text = await read()
    away = false
    expect(text).toContain('obflow_up{part="store"} 0')
    expect(text).toContain('obflow_up{part="temporal"} 0')
    expect(text).not.toMatch(/^obflow_(tasks|queue_age_seconds)\{/m)
  })

  test('have what the dashboard asks for, what Temporal’s SDK counts aside', async () => {
    const names = seriesOf(await read())
    const asked = queries.flatMap(({ expr }) => seriesIn(expr))
    expect(asked).toContain('obflow_subtask_duration_seconds_bucket')
    expect(asked.filter((name) => !names.has(name) && !name.startsWith('temporal_'))).toEqual([])
  })

  test('say whether the process is well', async () => {
    expect(await ask(`${metrics.url}/healthz`)).toEqual({ status: 200, text: 'okay\n' })
    sickness = 'Temporal is away'
    expect(await ask(`${metrics.url}/healthz`)).toEqual({ status: 503, text: 'Temporal is away\n' })
    sickness = undefined
  })

  test('are not for a page that comes by another name, for other methods or paths', async () => {
    const host = 'rebound.example:9464'
    expect((await ask(`${metrics.url}/metrics`, { host })).status).toBe(403)
    expect((await ask(`${metrics.url}/metrics`, {}, 'POST')).status).toBe(405)
    expect((await ask(`${metrics.url}/`)).status).toBe(404)
  })
})

test('metrics with a token are for whoever sends it', async () => {
  const metrics = await openMetrics({ at: at('a-token') })
  const status = async (authorization?: string) =>
    (await ask(`${metrics.url}/metrics`, authorization === undefined ? {} : { authorization }))
      .status
  expect(await status()).toBe(401)
  expect(await status('Bearer a-tokem')).toBe(401)
  expect(await status('Bearer a-token')).toBe(200)
  await metrics.close()
})

test('metrics are open to the network with a token only', () => {
  const open = { OBFLOW_METRICS_LISTEN: '0.0.0.0:9464' }
  expect(() => readConfig(open)).toThrow('OBFLOW_METRICS_TOKEN')
  expect(readConfig({ ...open, OBFLOW_METRICS_TOKEN: 'x' }).metrics?.port).toBe(9464)
  expect(readConfig({ OBFLOW_METRICS_LISTEN: '[::1]:9464' }).metrics?.host).toBe('::1')
  expect(readConfig({}).metrics).toBeUndefined()
})

test('what is measured is counted for as long as somebody counts', async () => {
  const metrics = await openMetrics({ at: at() })
  await metrics.close()
  expect(() => signals.attempt.send({ node: 'x', outcome: 'retried', ms: 1 })).not.toThrow()
})
