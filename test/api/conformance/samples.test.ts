import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { rpmFile } from '../rpmFile.ts'
import { deviations } from './asSample.ts'
import { openScene, type Scene, upload } from './scene.ts'

const rpm = rpmFile({ name: 'oceanbase', version: '4.2.1', release: '1.el7', arch: 'x86_64' })
const failed = '/api/v2/tasks/instances/1002'

/** OCP's samples in an order in which each call succeeds: name, method, path, body. */
const calls: readonly [name: string, method: string, path: string, body?: object][] = [
  ['query-the-region-list', 'GET', '/api/v2/compute/regions'],
  ['query-area-details', 'GET', '/api/v2/compute/regions/1'],
  ['query-the-data-center-list', 'GET', '/api/v2/compute/idcs'],
  ['query-detailed-data-center-information', 'GET', '/api/v2/compute/idcs/1'],
  ['query-models', 'GET', '/api/v2/compute/hostTypes'],
  ['query-detailed-information-about-a-model', 'GET', '/api/v2/compute/hostTypes/1'],
  ['query-host-lists', 'GET', '/api/v2/compute/hosts?status=ONLINE&sort=id,asc&includedServiceType=OB_CLUSTER'],
  ['query-host-details', 'GET', '/api/v2/compute/hosts/1'],
  ['query-the-list-of-software-packages', 'GET', '/api/v2/software-packages'],
  ['query-clusters', 'GET', '/api/v2/ob/clusters?status=RUNNING&withStandby=true'],
  ['check-the-zone-list-of-the-ob-cluster', 'GET', '/api/v2/ob/clusters/1/zones'],
  ['query-servers', 'GET', '/api/v2/ob/clusters/1/servers?regionName=hangzhou&idcName=hz2'],
  ['query-servers-in-a-zone', 'GET', '/api/v2/clusters/1/zones/zone1/servers'],
  ['query-the-task-list', 'GET', '/api/v2/tasks/instances?status=RUNNING,FAILED,SUCCESSFUL&sort=id,asc'],
  ['query-task-instance-details', 'GET', '/api/v2/tasks/instances/1004'],
  ['query-subtask-instance-logs', 'GET', '/api/v2/tasks/instances/1000/subtasks/10000/log'],

  ['add-region', 'POST', '/api/v2/compute/regions', { name: 'shanghai' }],
  ['new-data-center', 'POST', '/api/v2/compute/idcs', { name: 'sh1', regionId: 2 }],
  ['new-models', 'POST', '/api/v2/compute/hostTypes', { name: 'large', description: null }],
  ['upload-a-software-package-1', 'POST', '/api/v2/software-packages', upload('oceanbase-4.2.1-1.el7.x86_64.rpm', rpm)],
  ['delete-software-packages-1', 'DELETE', '/api/v2/software-packages/3'],
  ['delete-idc-information', 'DELETE', '/api/v2/compute/idcs/2'],
  ['delete-region-information', 'DELETE', '/api/v2/compute/regions/2'],
  ['delete-model-information', 'DELETE', '/api/v2/compute/hostTypes/2'],

  ['retry-a-task', 'POST', `${failed}/retry`],
  ['rollback-task', 'POST', `${failed}/rollback`],
  ['skip-a-subtask', 'POST', `${failed}/subtasks/10011/skip`],
  ['cancel-a-subtask', 'POST', `${failed}/subtasks/10011/cancel`],

  [
    'add-hosts-in-batches',
    'POST',
    '/api/v2/compute/hosts/batchCreate',
    { hostBasicDataList: [{ innerIpAddress: '10.0.0.5' }], idcId: 1, credentialId: 1 },
  ],
  ['delete-host', 'DELETE', '/api/v2/compute/hosts/3'],
  ['delete-multiple-hosts', 'POST', '/api/v2/compute/hosts/batchDelete', { hostIdList: [4] }],
  ['queries-the-obproxy-cluster-list', 'GET', '/api/v2/obproxy/clusters?sort=id,asc'],
  ['querying-details-about-an-obproxy-cluster', 'GET', '/api/v2/obproxy/clusters/1'],
  [
    'create-an-obproxy-cluster-api',
    'POST',
    '/api/v2/obproxy/clusters',
    {
      name: 'OBProxy001',
      address: 'foo.bar',
      port: 2883,
      workMode: 'CONFIG_URL',
      obproxyInstallParam: { hostIds: [] },
      obLinks: [],
    },
  ],
  ['delete-obproxy-cluster-2', 'DELETE', '/api/v2/obproxy/clusters/1'],
  ['delete-an-ob-cluster', 'DELETE', '/api/v2/ob/clusters/1'],
]

describe("OCP's sample", () => {
  let scene: Scene
  beforeAll(async () => {
    scene = await openScene()
  })
  afterAll(() => scene.close())

  test.each(calls)('%s: %s %s has every field of it, of its type', async (name, method, path, body) => {
    const reply = await scene.ask(method, path, body)
    expect(reply, JSON.stringify(reply.body)).toMatchObject({ status: 200 })
    expect(deviations(name, reply.body)).toEqual([])
    await scene.asDeclared()
  })
})
