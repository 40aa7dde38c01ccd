import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { promisify } from 'node:util'
import { pino } from 'pino'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { signals } from '../../src/signals.ts'
import { traces } from '../../src/traces.ts'
import { startTracing, type Tracing, type TracingSettings } from '../../src/tracing/index.ts'
import { bundle } from '../support/bundle.ts'
import { Collector, kinds } from './collector.ts'

const run = { workflow: 'createCluster', workflowId: 'create-cluster-a-7', runId: 'r1', taskId: 7 }
const attempt = { ...run, activity: 'installRpm', activityId: 'a', subtaskId: 70, attempt: 1 }
const call = {
  method: 'POST',
  route: '/api/v2/ob/clusters',
  path: '/api/v2/ob/clusters',
  scheme: 'http',
  client: '127.0.0.1',
  server: { address: 'localhost', port: 8080 },
  traceId: 'abc',
}
const theirs = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'

let collector: Collector
let tracing: Tracing
const logged: string[] = []
const log = pino({ level: 'info' }, { write: (line) => void logged.push(line) })
const start = async (more: Partial<TracingSettings> = {}) => {
  const settings = { url: `${collector.url}/v1/traces`, sampler: 'parentbased_always_on', ratio: 1 }
  tracing = await startTracing({ ...settings, ...more } as TracingSettings, 'obflow', log)
  const tracer = traces.tracer()
  if (!tracer) throw new Error('traces are off')
  return tracer
}

beforeEach(async () => {
  logged.length = 0
  collector = await Collector.start()
})
afterEach(async () => {
  await tracing?.close()
  await collector[Symbol.asyncDispose]()
})

const command = (title: string) => {
  const at = performance.now()
  signals.ssh.send({
    address: '10.0.0.1',
    title,
    outcome: 'refused',
    askedAt: at,
    begunAt: at,
    endedAt: at + 5,
  })
}

it("a caller's trace goes on through call, run, attempt and command", async () => {
  const tracer = await start()
  const opened = tracer.call({ ...call, headers: { traceparent: theirs } })
  const trace = opened.inside(() => tracer.current())
  opened.end({ status: 200, taskId: 7 })
  const work = tracer.attempt({ ...attempt, trace: trace ?? null })
  await work.inside(async () => {
    await pause(1)
    command('rpm -i a.rpm')
  })
  work.end({ type: 'CMP07015', message: 'why' })
  tracer.runEnded({ ...run, trace: trace ?? null }, { from: 1000, to: 2000, failed: false })
  await tracing.close()
  const named = (name: string) => collector.spans.find((span) => span.name === name)
  const [http, wf, act, ssh] = [
    'POST /api/v2/ob/clusters',
    'RunWorkflow:createCluster',
    'RunActivity:installRpm',
    'ssh rpm -i a.rpm',
  ].map(named)
  expect(collector.spans).toHaveLength(4)
  const [, traceId, parent] = theirs.split('-')
  for (const span of collector.spans) expect(span).toMatchObject({ traceId, service: 'obflow' })
  expect([http?.parentSpanId, wf?.parentSpanId, act?.parentSpanId, ssh?.parentSpanId]).toEqual([
    parent,
    http?.spanId,
    wf?.spanId,
    act?.spanId,
  ])
  expect(ssh).toMatchObject({
    kind: kinds.client,
    status: { code: 2 },
    attributes: { 'server.address': '10.0.0.1', 'error.type': 'refused' },
  })
  expect(act).toMatchObject({
    attributes: { 'error.type': 'CMP07015' },
    status: { message: 'why' },
  })
})

it('a task that came without a trace has one of its own, the same in every worker', async () => {
  const tracer = await start()
  tracer.attempt({ ...attempt, trace: null }).end(undefined)
  tracer.runEnded({ ...run, trace: null }, { from: 1000, to: 2000, failed: true })
  await tracing.close()
  const [act, wf] = collector.spans
  expect(act).toMatchObject({ traceId: wf?.traceId, parentSpanId: wf?.spanId })
  expect(wf).toMatchObject({ parentSpanId: '', status: { code: 2 } })
})

it('a caller who does not keep a trace is obeyed, and so is the sampler', async () => {
  const tracer = await start({ sampler: 'parentbased_traceidratio', ratio: 0 })
  tracer.call({ ...call, headers: { traceparent: theirs } }).end({ status: 200, taskId: undefined })
  tracer.call({ ...call, headers: {} }).end({ status: 200, taskId: undefined })
  const unkept = { traceparent: theirs.replace(/01$/, '00') }
  tracer.call({ ...call, headers: unkept }).end({ status: 200, taskId: undefined })
  await tracing.close()
  expect(collector.spans).toHaveLength(1)
})

it('a command outside of any subtask makes no span', async () => {
  const tracer = await start()
  command('look around')
  tracer.call({ ...call, headers: {} }).end({ status: 503, taskId: undefined })
  await tracing.close()
  expect(collector.spans.map(({ name, status }) => [name, status.code])).toEqual([
    ['POST /api/v2/ob/clusters', 2],
  ])
})

it('a collector that refuses is said once, and holds up no stop', async () => {
  const tracer = await start({ url: `${collector.url}/elsewhere` })
  tracer.call({ ...call, headers: {} }).end({ status: 200, taskId: undefined })
  await tracing.close()
  expect(logged.filter((line) => line.includes('spans are lost'))).toHaveLength(1)
})

it('while traces are off nothing of the SDK of OpenTelemetry is loaded, and workflows never have it', async () => {
  const program = `
    import { registerHooks } from 'node:module'
    const loaded = []
    registerHooks({ load: (url, context, next) => (loaded.push(url), next(url, context)) })
    await import('./src/embedded/index.ts')
    const { startTracing } = await import('./src/tracing/index.ts')
    // Its API is loaded by prom-client, which reads the ids of exemplars there.
    const of = () => loaded.filter((url) => /@opentelemetry.(?!api)/.test(url)).length
    await startTracing(undefined, 'obflow', console)
    const off = of()
    const on = { url: 'http://127.0.0.1:1', sampler: 'always_on', ratio: 1 }
    await (await startTracing(on, 'obflow', console)).close()
    console.log(JSON.stringify([off, of() > 0]))
    process.exit()`
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--input-type=module', '--eval', program],
    { cwd: resolve(import.meta.dirname, '../..') },
  )
  expect(JSON.parse(stdout)).toEqual([0, true])
  expect(await readFile(bundle().codePath, 'utf8')).not.toContain('@opentelemetry')
})
