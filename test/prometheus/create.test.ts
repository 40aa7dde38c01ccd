import { dirname } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { readConfig } from '../../src/config.ts'
import { startEmbedded } from '../../src/embedded/index.ts'
import { causes, type Scene, startScene } from '../lab/scene.ts'
import { queries } from '../metrics/dashboard.ts'
import { bundle } from '../support/bundle.ts'
import { placeEmptyDatabase } from '../support/emptyDatabase.ts'
import { Prometheus } from './server.ts'

let scene: Scene
let prometheus: Prometheus
beforeAll(async () => {
  let metrics: string | undefined
  scene = await startScene({
    hosts: 1,
    idcOf: () => 'hz1',
    serve: async ({ dataDir, password }) => {
      await placeEmptyDatabase(dataDir)
      const config = readConfig({
        OBFLOW_DATA_DIR: dataDir,
        OBFLOW_LISTEN: '127.0.0.1:0',
        OBFLOW_ADMIN_PASSWORD: password,
        OBFLOW_METRICS_LISTEN: '127.0.0.1:0',
        OBFLOW_WORKFLOW_BUNDLE: bundle().codePath,
      })
      const options = { keepRuns: false, temporalPort: 0, temporalUiPort: 0, logLevel: 'error' }
      const obflow = await startEmbedded(config, options)
      metrics = obflow.metrics
      return {
        url: obflow.url,
        temporal: { address: obflow.temporal },
        namespace: 'default',
        close: () => obflow.close(),
      }
    },
  })
  if (metrics === undefined) throw new Error('no metrics are served')
  prometheus = await Prometheus.start(new URL(metrics).host)
})
afterAll(async () => {
  await prometheus?.[Symbol.asyncDispose]()
  await scene?.[Symbol.asyncDispose]()
})

/** Asks until there is something; the test's own timeout ends it. */
async function seriesOf(query: string) {
  for (;;) {
    const found = await prometheus.query(query).catch(() => [])
    if (found.length > 0) return found
    await pause(500)
  }
}

it('Prometheus sees a create that failed and was retried, and the dashboard has series for each query', async () => {
  const [host] = scene.lab.hosts
  if (!host) throw new Error('no host')
  const foreign = '/data/1/watched/foreign'
  await host.exec(`mkdir -p ${dirname(foreign)} && touch ${foreign}`)
  const { id } = await scene.create({
    name: 'watched',
    password: 'Aa11--pylon',
    version: '4.2.1.8',
    zones: [{ name: 'zone1', hosts: [0] }],
  })
  expect((await scene.ended(id)).status).toBe('FAILED')
  const waiting = 'obflow_tasks{operation="createCluster",status="FAILED",open="true"} == 1'
  expect(await seriesOf(waiting)).toHaveLength(1)
  expect(await seriesOf('obflow_subtask_failures_total{node="preCheck"} == 1')).toHaveLength(1)
  await host.exec(`rm -r ${dirname(foreign)}`)
  await scene.send('POST', `/api/v2/tasks/instances/${id}/retry`)
  const task = await scene.ended(id)
  expect(causes(task)).toBe('')
  const successful = 'obflow_tasks{operation="createCluster",status="SUCCESSFUL"} == 1'
  expect(await seriesOf(successful)).toHaveLength(1)
  for (const { title, expr } of queries) {
    // What is open has ended by now: the dashboard showed it meanwhile.
    const query = `last_over_time((${expr.replaceAll('$__rate_interval', '1m')})[10m:2s])`
    expect(await seriesOf(query), title).not.toEqual([])
  }
})
