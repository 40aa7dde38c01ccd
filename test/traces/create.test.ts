import { afterAll, beforeAll, expect, it } from 'vitest'
import { causes, type Scene, startScene } from '../lab/scene.ts'
import { Collector } from '../tracing/collector.ts'
import { expectChain, workOfOneHost } from '../tracing/expectChain.ts'
import { RealCollector } from './realCollector.ts'

let stack: AsyncDisposableStack
let collector: Collector
let scene: Scene
beforeAll(async () => {
  await using made = new AsyncDisposableStack()
  collector = made.use(await Collector.start())
  const real = made.use(await RealCollector.start(collector.url))
  const settings = { OTEL_EXPORTER_OTLP_ENDPOINT: real.url }
  scene = made.use(await startScene({ hosts: 1, idcOf: () => 'hz1', settings }))
  stack = made.move()
})
afterAll(() => stack?.disposeAsync())

it("OpenTelemetry's collector takes a create as one trace, from its call to what it did on its host", async () => {
  const { id } = await scene.create({
    name: 'traced',
    password: 'Aa11--pylon',
    version: '4.2.1.8',
    zones: [{ name: 'zone1', hosts: [0] }],
  })
  expect(causes(await scene.ended(id))).toBe('')
  await expectChain(collector, {
    id,
    route: 'POST /api/v2/ob/clusters',
    workflow: 'createCluster',
    subtasks: workOfOneHost,
  })
})
