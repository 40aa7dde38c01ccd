import { expect } from 'vitest'
import { addHosts, addMoreHosts, packageNamed, sampleRpm } from '../store/inventory.ts'
import { setTask } from '../store/taskRows.ts'
import request from './fixtures/createRequest.json' with { type: 'json' }
import { openApi, type TestApi } from './server.ts'

export const path = '/api/v2/obproxy/clusters'
export const oldProxy = 'obproxy-3.2.3-2.el7.x86_64.rpm'
export const newProxy = 'obproxy-4.2.1.0-11.el7.x86_64.rpm'
export const line4 = 'oceanbase-4.2.1.8-108000022024072217.el7.x86_64.rpm'
export const onHost = (change: object = {}) => ({
  obproxyInstallParam: { hostIds: [3], ...change },
})
export const byUrl = { name: 'odp', workMode: 'CONFIG_URL' }
export const byList = {
  name: 'odp',
  workMode: 'RS_LIST',
  obLinks: [{ clusterName: 'hooray', obClusterId: 1 }],
}

/** An API that hosts reach at 10.0.0.9. */
export const openReachable = () => openApi({ publicUrl: 'http://10.0.0.9:8080' })

/**
 * Fills the store anew, with the RUNNING clusters hooray (2.2.73, id 1) and zerg (4.2.1.8, id 2) on
 * hosts 1 and 2; 3 to 6 are free.
 */
export async function fill(api: TestApi): Promise<void> {
  await api.reset()
  await addHosts(api.store, 5)
  await addMoreHosts(api.store, { count: 1, idcId: 1, network: '10.6' })
  await api.store.hosts.setFacts(6, { architecture: 'aarch64' })
  for (const rpm of [sampleRpm, line4, oldProxy, newProxy])
    await api.store.packages.create(packageNamed(rpm))
  await api.post('/api/v2/ob/clusters', { ...request, name: 'hooray' })
  const zones = [{ name: 'zone1', idcName: 'hz2', servers: [2] }]
  await api.post('/api/v2/ob/clusters', { ...request, name: 'zerg', rpmName: line4, zones })
  await api.launcher.settled()
  for (const id of [1, 2]) await api.store.clusters.setStatus(id, 'RUNNING')
}

/** What the worker and the workflow do of a task that ends well. */
export async function carryOut(api: TestApi, run = api.started.at(-1)): Promise<void> {
  if (!run) throw new Error('nothing was started')
  await setTask(api.db, run.taskId, 'SUCCESSFUL')
}

export async function created(api: TestApi, body: object): Promise<void> {
  expect(await api.post(path, body)).toMatchObject({ status: 200 })
  await api.launcher.settled()
  await api.store.obproxy.setStatus(1, 'RUNNING')
  await api.store.obproxy.settle(1, [1, 2])
  await carryOut(api)
}

/** A call that answers when its task has ended, with the task ended as `end` does. */
export async function whileRun(
  api: TestApi,
  call: ReturnType<TestApi['call']>,
  end: () => Promise<void>,
) {
  const before = api.started.length
  while (api.started.length === before) await new Promise((resolve) => setImmediate(resolve))
  await end()
  return call
}
