import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { deviations } from '../api/conformance/asSample.ts'
import { causes, type Scene, startScene } from './scene.ts'

let scene: Scene
let task: number
let cluster: number
const zones = [{ name: 'zone1', hosts: [0] }]
const createTerran = (name: string) => scene.create({ name, password: 'Aa11--scv', version: '4.2.1.8', zones })

beforeAll(async () => {
  scene = await startScene({ hosts: 1, idcOf: () => 'hz2' })
  ;({ id: task, clusterId: cluster } = await createTerran('terran'))
  expect(causes(await scene.ended(task))).toBe('')
})
afterAll(() => scene?.[Symbol.asyncDispose]())

/** OCP's samples were taken of tasks that had ended; one that runs again has no end yet. */
const ofARunningTask = (deviation: string): boolean => deviation !== 'data.finishTime is missing'

const identified = z.object({ data: z.object({ id: z.number() }) })

describe("after a real create, OCP's sample", () => {
  const reads: readonly [name: string, path: (ids: { readonly task: number; readonly cluster: number }) => string][] = [
    ['query-the-region-list', () => '/api/v2/compute/regions'],
    ['query-the-data-center-list', () => '/api/v2/compute/idcs'],
    ['query-models', () => '/api/v2/compute/hostTypes'],
    ['query-host-lists', () => '/api/v2/compute/hosts?status=ONLINE&includedServiceType=OB_CLUSTER'],
    ['query-host-details', () => '/api/v2/compute/hosts/1'],
    ['query-the-list-of-software-packages', () => '/api/v2/software-packages'],
    ['query-clusters', () => '/api/v2/ob/clusters?status=RUNNING'],
    ['check-the-zone-list-of-the-ob-cluster', (ids) => `/api/v2/ob/clusters/${ids.cluster}/zones`],
    ['query-servers', (ids) => `/api/v2/ob/clusters/${ids.cluster}/servers?regionName=hangzhou&idcName=hz2`],
    ['query-servers-in-a-zone', (ids) => `/api/v2/clusters/${ids.cluster}/zones/zone1/servers`],
    ['query-the-task-list', () => '/api/v2/tasks/instances?status=RUNNING,FAILED,SUCCESSFUL'],
    ['query-task-instance-details', (ids) => `/api/v2/tasks/instances/${ids.task}`],
  ]

  it.each(reads)('%s has every field of it, of its type', async (name, path) => {
    expect(deviations(name, await scene.ask('GET', path({ task, cluster })))).toEqual([])
  })

  it('query-subtask-instance-logs is the log of a node that ran', async () => {
    const { subtasks } = await scene.task(task)
    const node = subtasks.find(({ name }) => name === 'Install rpm')
    const reply = await scene.ask('GET', `/api/v2/tasks/instances/${task}/subtasks/${node?.id}/log`)
    expect(deviations('query-subtask-instance-logs', reply)).toEqual([])
    expect(z.object({ data: z.object({ log: z.string() }) }).parse(reply).data.log).toMatch(/^#{12}\{EXECUTE\}\{.*\}#{12}\n/)
  })

  it('delete-an-ob-cluster is the reply of a delete that then succeeds', async () => {
    const reply = await scene.ask('DELETE', `/api/v2/ob/clusters/${cluster}`)
    expect(deviations('delete-an-ob-cluster', reply)).toEqual([])
    const deleted = await scene.ended(identified.parse(reply).data.id)
    expect(causes(deleted)).toBe('')
    expect(deleted.status).toBe('SUCCESSFUL')
  })

  it('retry-a-task and rollback-task are the replies of a create that a stranger on its port made fail', async () => {
    const [host] = scene.lab.hosts
    if (!host) throw new Error('the lab has a host')
    const stranger = await host.exec(
      "setsid /opt/obflow-lab/node -e 'require(`net`).createServer().listen(2881)' >/dev/null 2>&1 & echo $!",
    )
    const { id } = await createTerran('zerg')
    expect((await scene.ended(id)).status).toBe('FAILED')
    const retried = await scene.ask('POST', `/api/v2/tasks/instances/${id}/retry`, {})
    expect(deviations('retry-a-task', retried).filter(ofARunningTask)).toEqual([])
    expect((await scene.ended(id)).status).toBe('FAILED')
    const rolledBack = await scene.ask('POST', `/api/v2/tasks/instances/${id}/rollback`, {})
    expect(deviations('rollback-task', rolledBack).filter(ofARunningTask)).toEqual([])
    expect((await scene.ended(id)).status).toBe('SUCCESSFUL')
    await host.exec(['kill', stranger.stdout.trim()])
  })
})
