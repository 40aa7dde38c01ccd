import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { addHosts, addMoreHosts, packageNamed, sampleRpm } from '../store/inventory.ts'
import request from './fixtures/createRequest.json' with { type: 'json' }
import sample from './fixtures/installObproxy.json' with { type: 'json' }
import { openApi, type TestApi } from './server.ts'

const path = '/api/v2/obproxy/clusters'
const oldProxy = 'obproxy-3.2.3-2.el7.x86_64.rpm'
const newProxy = 'obproxy-4.2.1.0-11.el7.x86_64.rpm'
const line4 = 'oceanbase-4.2.1.8-108000022024072217.el7.x86_64.rpm'
const onHost = (change: object = {}) => ({ obproxyInstallParam: { hostIds: [3], ...change } })
const byUrl = { name: 'odp', workMode: 'CONFIG_URL' }
const byList = { name: 'odp', workMode: 'RS_LIST', obLinks: [{ clusterName: 'hooray', obClusterId: 1 }] }

/** An API that hosts reach at 10.0.0.9. */
const openReachable = () => openApi({ publicUrl: 'http://10.0.0.9:8080' })

/** Fills the store anew, with the RUNNING clusters hooray (2.2.73, id 1) and zerg (4.2.1.8, id 2) on hosts 1 and 2; 3 to 6 are free. */
async function fill(api: TestApi): Promise<void> {
  await api.reset()
  await addHosts(api.store, 5)
  await addMoreHosts(api.store, { count: 1, idcId: 1, network: '10.6' })
  await api.store.hosts.setFacts(6, { architecture: 'aarch64' })
  for (const rpm of [sampleRpm, line4, oldProxy, newProxy]) await api.store.packages.create(packageNamed(rpm))
  await api.post('/api/v2/ob/clusters', { ...request, name: 'hooray' })
  const zones = [{ name: 'zone1', idcName: 'hz2', servers: [2] }]
  await api.post('/api/v2/ob/clusters', { ...request, name: 'zerg', rpmName: line4, zones })
  await api.launcher.settled()
  for (const id of [1, 2]) await api.store.clusters.setStatus(id, 'RUNNING')
}

/** What the worker and the workflow do of a task that ends well. */
async function carryOut(api: TestApi, run = api.started.at(-1)): Promise<void> {
  if (!run) throw new Error('nothing was started')
  await api.store.tasks.record([], { taskId: run.taskId, status: 'SUCCESSFUL', operation: 'EXECUTE', finished: true })
}

async function created(api: TestApi, body: object): Promise<void> {
  expect(await api.post(path, body)).toMatchObject({ status: 200 })
  await api.launcher.settled()
  await api.store.obproxy.setStatus(1, 'RUNNING')
  await api.store.obproxy.settle(1, [1, 2])
  await carryOut(api)
}

/** A call that answers when its task has ended, with the task ended as `end` does. */
async function whileRun(api: TestApi, call: ReturnType<TestApi['call']>, end: () => Promise<void>) {
  const before = api.started.length
  while (api.started.length === before) await new Promise((resolve) => setImmediate(resolve))
  await end()
  return call
}

describe('OBProxy clusters', () => {
  let api: TestApi
  beforeAll(async () => {
    api = await openReachable()
  })
  beforeEach(() => fill(api))
  afterAll(() => api.close())

  test("OCP's own sample, which has no hosts, is answered as its page says", async () => {
    const reply = await api.post(path, sample.request)
    expect(reply.data).toMatchObject({
      context: { listMap: {}, parallel: false, parallelIdx: -1, stringMap: { prohibit_rollback: 'false' } },
      creator: 'admin',
      operation: 'EXECUTE',
      status: 'RUNNING',
      taskDefinitionId: -1,
      type: 'MANUAL',
      obproxyClusterId: 1,
      ...sample.task,
    })
    expect((await api.get(`${path}/1`)).data).toMatchObject({
      address: 'foo.bar',
      configUrl: 'http://10.0.0.9:8080/services?Action=GetObProxyConfig&User_ID=alibaba&UID=admin&ObproxyClusterName=OBProxy001',
      creatorId: 100,
      creatorName: 'admin',
      id: 1,
      name: 'OBProxy001',
      obLinks: [{ clusterId: 1, clusterName: 'hooray', obClusterId: 1, username: 'proxyro' }],
      obproxies: [],
      port: 2883,
      status: 'CREATING',
      topo: [],
      versions: [],
      workMode: 'CONFIG_URL',
    })
  })

  test('proxies on hosts reserve them, take the newest package, and their passwords are nowhere to be read', async () => {
    const passwords = { password: 'Hidden-word-1', proxyroPassword: 'Hidden-word-2' }
    const reply = await api.post(path, { ...byUrl, ...passwords, obproxyInstallParam: { hostIds: [3, 4], rpcPort: 2885 } })
    expect(reply.data).toMatchObject({
      subtasks: [
        { name: 'Prepare obproxy install', timeout: 300 },
        { name: 'Pre check for install obproxy', parallelIdx: 0 },
        { name: 'Pre check for install obproxy', parallelIdx: 1 },
        { name: 'Wait node' },
        { name: 'Install obproxy rpm' },
        { name: 'Install obproxy rpm' },
        { name: 'Wait node' },
        { name: 'Start obproxy' },
        { name: 'Start obproxy' },
        { name: 'Link obproxy', parallelIdx: -1 },
        { name: 'Finish node', timeout: 0 },
      ],
    })
    await api.launcher.settled()
    expect(api.started.at(-1)?.workflow).toBe('createObproxyCluster')
    expect((await api.get(path)).data).toMatchObject({
      contents: [
        {
          address: '10.0.0.3',
          obproxies: [
            { architecture: 'x86_64', exporterPort: 2884, hostId: 3, ip: '10.0.0.3', sqlPort: 2883, version: '4.2.1.0-11' },
            { hostId: 4, idcName: 'hz2', lastActiveTime: null, operateStatus: 'OPERATING', status: 'CREATING' },
          ],
          topo: [{ count: 2, idcName: 'hz2' }],
          versions: [{ count: 2, version: '4.2.1.0-11' }],
        },
      ],
      page: { totalElements: 1 },
    })
    expect((await api.get('/api/v2/compute/hosts/3')).data).toMatchObject({
      status: 'ONLINE',
      services: [{ type: 'OB_PROXY', name: 'odp' }],
    })
    expect(reply.text + JSON.stringify(await api.dump())).not.toContain('Hidden-word')
    expect((await api.remove('/api/v2/software-packages/4')).status).toBe(409)
  })

  test('the address that clients go to can be changed, whichever verb is used', async () => {
    await created(api, { ...byUrl, ...onHost() })
    for (const [method, address] of [
      ['PUT', 'foo.bar'],
      ['PATCH', 'bar.foo'],
    ] as const) {
      const changed = await api.call({ method, url: `${path}/1`, body: { address, port: 3306 } })
      expect(changed.data).toMatchObject({ id: 1, address, port: 3306, obproxies: [{ sqlPort: 2883 }] })
    }
    expect((await api.call({ method: 'PUT', url: `${path}/9`, body: { address: 'foo.bar', port: 3306 } })).error?.code).toBe(
      'ODP21001',
    )
  })

  test('a client token makes the same request one request', async () => {
    const body = { ...byUrl, ...onHost(), clientToken: 'token-0001' }
    const [first, again] = [await api.post(path, body), await api.post(path, body)]
    expect(again.data).toEqual(first.data)
    expect((await api.post(path, { ...body, name: 'other' })).error?.code).toBe('COM10005')
  })

  test('batchAdd answers without data when its task has linked the clusters', async () => {
    await created(api, { ...byUrl, ...onHost() })
    const links = `${path}/1/obLinks`
    const added = await whileRun(api, api.post(`${links}/batchAdd`, [{ clusterName: 'hooray' }, { clusterId: 2 }]), async () => {
      expect(api.started.at(-1)?.workflow).toBe('linkObproxy')
      expect((await api.post(`${links}/batchAdd`, [{ clusterId: 1 }])).error?.code).toBe('COM10005')
      await api.store.obproxy.settle(1, [1, 2])
      await carryOut(api)
    })
    expect(added).toMatchObject({ status: 200, successful: true })
    expect(added).not.toHaveProperty('data')
    const unlinked = await whileRun(api, api.remove(`${links}/hooray`), async () => {
      expect(api.started.at(-1)?.workflow).toBe('unlinkObproxy')
      await api.store.obproxy.unlink(1, [1])
      await carryOut(api)
    })
    expect(unlinked.status).toBe(200)
    expect((await api.get(`${path}/1`)).data).toMatchObject({ obLinks: [{ clusterName: 'zerg' }] })
    expect((await api.remove(`${links}/hooray`)).error?.code).toBe('COM10002')
  })

  test('batchAdd tells why its task failed and which task that is', async () => {
    await created(api, { ...byUrl, ...onHost() })
    const reply = await whileRun(api, api.post(`${path}/1/obLinks/batchAdd`, [{ clusterId: 1 }]), async () => {
      const taskId = api.started.at(-1)?.taskId ?? 0
      const [subtask] = (await api.store.tasks.get(taskId))?.subtasks ?? []
      const cause = { code: 'ODP21011', message: 'proxyro of hooray is refused' }
      const failed = { subtaskId: subtask?.id ?? 0, status: 'FAILED', operation: 'EXECUTE', runTime: 1, cause } as const
      await api.store.tasks.record([failed], { taskId, status: 'FAILED', operation: 'EXECUTE' })
    })
    expect(reply).toMatchObject({ status: 500, error: { code: 'OBE10002' } })
    expect(reply.error?.message).toMatch(/task \d+ "Link obproxy" failed .*ODP21011 proxyro of hooray is refused/)
  })

  test('a deletion is a task; what a task works on cannot be deleted', async () => {
    expect((await api.remove(`${path}/1`)).error?.code).toBe('ODP21001')
    expect((await api.post(path, { ...byUrl, ...onHost() })).status).toBe(200)
    expect((await api.remove(`${path}/1`)).error?.code).toBe('COM10005')
    await api.launcher.settled()
    await api.store.obproxy.setStatus(1, 'RUNNING')
    await carryOut(api)
    expect((await api.remove(`${path}/1`)).data).toMatchObject({
      name: 'Offline obproxy',
      subtasks: [
        { name: 'Start node', timeout: 30 },
        { name: 'Stop obproxy' },
        { name: 'Wait node' },
        { name: 'Uninstall obproxy rpm' },
        { name: 'Finish node', timeout: 0 },
      ],
    })
    expect((await api.get(`${path}/1`)).data).toMatchObject({ status: 'DELETING' })
    await api.store.obproxy.release(1)
    expect((await api.get('/api/v2/compute/hosts/3')).data).toMatchObject({ status: 'AVAILABLE', services: [] })
    expect((await api.get(`${path}/1`)).status).toBe(404)
  })

  test('a create takes only proxies that can serve the new cluster', async () => {
    await created(api, { ...byList, ...onHost({ version: '3.2.3' }) })
    const zones = [{ name: 'zone1', idcName: 'hz2', servers: [4] }]
    const create = (change: object) => api.post('/api/v2/ob/clusters', { ...request, name: 'terran', zones, ...change })
    const at = { subErrors: [{ field: 'obproxyClusterIds[0]' }] }
    expect(await create({ obproxyClusterIds: [1], rpmName: line4 })).toMatchObject({ error: { code: 'ODP21110', ...at } })
    expect(await create({ obproxyClusterIds: [1] })).toMatchObject({ error: { code: 'COM10005', ...at } })
  })
})

const parameters = (name: string, value = '1') => ({ parameters: [{ name, value }] })
const cases: readonly [string, object, number, string, string?][] = [
  ['no name', { name: undefined }, 400, 'COM10001', 'name'],
  ['a name with shell in it', { name: 'o$(reboot)' }, 400, 'COM10001', 'name'],
  ['a name that is taken', { name: 'taken' }, 409, 'COM10006', 'name'],
  ['an unknown field', { colour: 'red' }, 400, 'COM10001', 'colour'],
  ['an unknown work mode', { workMode: 'URL' }, 400, 'COM10001', 'workMode'],
  ['what cannot be honoured', { workMode: 'OB_SHARDING', installPath: '/opt/odp', runUser: 'odp' }, 400, 'COM10003'],
  ['another user than proxyro', { obLinks: [{ clusterName: 'hooray', username: 'root' }] }, 400, 'COM10003'],
  ['RS_LIST without a cluster', { workMode: 'RS_LIST' }, 400, 'COM10001', 'obLinks'],
  [
    'RS_LIST with two clusters',
    { workMode: 'RS_LIST', obLinks: [{ clusterId: 1 }, { clusterId: 2 }] },
    400,
    'COM10001',
    'obLinks',
  ],
  ['a link that names nothing', { obLinks: [{ obClusterId: 1 }] }, 400, 'COM10001', 'obLinks[0]'],
  ['a cluster that is not there', { obLinks: [{ clusterName: 'xel' }] }, 404, 'OBE11002', 'obLinks[0].clusterName'],
  ['a cluster id that is not there', { obLinks: [{ clusterId: 9 }] }, 404, 'OBE11001', 'obLinks[0].clusterId'],
  [
    'a cluster of another obClusterId',
    { obLinks: [{ clusterName: 'hooray', obClusterId: 7 }] },
    404,
    'OBE11002',
    'obLinks[0].clusterName',
  ],
  ['a cluster twice', { obLinks: [{ clusterId: 1 }, { clusterName: 'hooray' }] }, 400, 'COM10001', 'obLinks[1].clusterName'],
  [
    'a cluster too new for the proxy',
    { ...onHost({ version: '3.2.3-2' }), obLinks: [{ clusterId: 2 }] },
    400,
    'ODP21110',
    'obLinks[0].clusterName',
  ],
  ['a version that was not uploaded', onHost({ version: '4.3' }), 404, 'PKG10014', 'obproxyInstallParam.version'],
  ['a host that is not there', onHost({ hostIds: [99] }), 404, 'CMP07005', 'obproxyInstallParam.hostIds[0]'],
  ['a host in use', onHost({ hostIds: [1] }), 409, 'CMP07004', 'obproxyInstallParam.hostIds[0]'],
  ['a host twice', onHost({ hostIds: [3, 3] }), 400, 'CMP07010', 'obproxyInstallParam.hostIds[1]'],
  ['hosts of two architectures', onHost({ hostIds: [3, 6] }), 400, 'CMP07018', 'obproxyInstallParam.hostIds[1]'],
  ['one port twice', onHost({ sqlPort: 2884 }), 400, 'COM10001', 'obproxyInstallParam.exporterPort'],
  ['two exporter ports', onHost({ exporterPort: 2884, exportPort: 2999 }), 400, 'COM10001', 'obproxyInstallParam.exporterPort'],
  ['a port that is too low', onHost({ sqlPort: 80 }), 400, 'COM10001', 'obproxyInstallParam.sqlPort'],
  ['a password among the parameters', parameters('observer_sys_password'), 400, 'COM10001', 'parameters[0].name'],
  ['a parameter that the request owns', parameters('listen_port'), 400, 'COM10001', 'parameters[0].name'],
  [
    'a start option that holds a second one',
    { startupParameters: [{ name: 'a', value: '1,b=2' }] },
    400,
    'COM10001',
    'startupParameters[0].value',
  ],
  ['a client token too short', { clientToken: 'short' }, 400, 'COM10001', 'clientToken'],
]

describe('a request for an OBProxy cluster that is wrong', () => {
  let api: TestApi
  let before: Awaited<ReturnType<TestApi['dump']>>
  beforeAll(async () => {
    api = await openReachable()
    await fill(api)
    await created(api, { ...byUrl, name: 'taken' })
    before = await api.dump()
  })
  afterAll(() => api.close())

  test.each(cases)('%s', async (_, change, status, code, field) => {
    const reply = await api.post(path, { ...byUrl, password: 'Hidden-word-1', ...change })
    expect(reply).toMatchObject({ status, successful: false, error: { code } })
    expect(reply.error?.subErrors?.[0]?.field).toBe(field)
    expect(reply.text).not.toContain('Hidden-word-1')
    expect(await api.dump()).toEqual(before)
  })

  test.each([
    [[], 400, 'COM10001'],
    [[{ clusterName: 'xel' }], 404, 'OBE11002'],
    [[{ clusterId: 1, username: 'root' }], 400, 'COM10003'],
  ])('links %j are refused', async (links, status, code) => {
    expect(await api.post(`${path}/1/obLinks/batchAdd`, links)).toMatchObject({ status, error: { code } })
    expect(await api.dump()).toEqual(before)
  })
})

test('an API that listens on loopback only does not send proxies there', async () => {
  const api = await openApi()
  await api.reset()
  await addHosts(api.store, 3)
  await api.store.packages.create(packageNamed(newProxy))
  const reply = await api.call({
    method: 'POST',
    url: path,
    body: { ...byUrl, ...onHost() },
    headers: { host: '127.0.0.1:8080' },
  })
  expect(reply).toMatchObject({ status: 400, error: { code: 'COM10003', message: expect.stringContaining('OBFLOW_PUBLIC_URL') } })
  const called = await api.call({
    method: 'POST',
    url: path,
    body: { ...byUrl, ...onHost() },
    headers: { host: '10.0.0.9:8080' },
  })
  expect(called.status).toBe(200)
  expect((await api.get(`${path}/1`)).data).toMatchObject({
    configUrl: expect.stringContaining('http://10.0.0.9:8080/services?'),
  })
  await api.close()
})

describe('root servers for observers and proxies', () => {
  let api: TestApi
  const services = async (query: string, body?: object) => {
    const method = body ? 'POST' : 'GET'
    const reply = await api.app.inject({ method, url: `/services?${query}`, ...(body && { payload: body }) })
    return { status: reply.statusCode, ...reply.json() }
  }
  beforeAll(async () => {
    api = await openReachable()
    await fill(api)
    await created(api, { ...byUrl, obLinks: [{ clusterName: 'hooray' }] })
  })
  afterAll(() => api.close())

  test.each(['ObRegion=hooray', 'ObCluster=hooray', 'ObRegion=hooray&ObRegionId=1&version=2'])(
    'are told of a cluster to whoever asks with %s',
    async (query) => {
      const answer = await services(`Action=ObRootServiceInfo&User_ID=alibaba&UID=ocpmaster&${query}`)
      expect(answer).toMatchObject({
        status: 200,
        Code: 200,
        Message: 'successful',
        Success: true,
        Data: {
          ObRegion: 'hooray',
          ObCluster: 'hooray',
          ObClusterId: 1,
          Type: 'PRIMARY',
          RsList: [{ address: '10.0.0.1:2882', role: 'FOLLOWER', sql_port: 2881 }],
          ReadonlyRsList: [],
        },
      })
    },
  )

  test('come as a list to clients that know of standbys', async () => {
    expect((await services('Action=ObRootServiceInfo&ObCluster=hooray&version=2')).Data).toMatchObject([{ ObRegion: 'hooray' }])
  })

  test('the configuration of a proxy names the clusters it is linked to, of all proxies all clusters', async () => {
    const url = 'http://10.0.0.9:8080/services?Action=ObRootServiceInfo&User_ID=alibaba&UID=ocpmaster&ObRegion='
    const own = await services('Action=GetObProxyConfig&User_ID=alibaba&UID=admin&ObproxyClusterName=odp')
    expect(own).toMatchObject({
      Success: true,
      Data: {
        ObRootServiceInfoUrlList: [{ ObRegion: 'hooray', ObRootServiceInfoUrl: `${url}hooray` }],
        Version: expect.stringMatching(/^[0-9a-f]{32}$/),
      },
    })
    expect((await services('Action=GetObProxyConfig&ObproxyClusterName=odp&VersionOnly=true')).Data).toEqual({
      Version: own.Data.Version,
    })
    const all = await services('Action=GetObProxyConfig')
    expect(all.Data.ObRootServiceInfoUrlList.map((entry: { ObRegion: string }) => entry.ObRegion)).toEqual(['hooray', 'zerg'])
  })

  test.each([
    ['Action=ObRootServiceInfo&ObRegion=xel', 404],
    ['Action=ObRootServiceInfo', 400],
    ['Action=GetObProxyConfig&ObproxyClusterName=none', 404],
    ['Action=Reboot', 400],
    ['', 400],
  ])('what is not there is refused in their own form: %s', async (query, status) => {
    expect(await services(query)).toMatchObject({ status, Code: status, Success: false })
  })

  test('an observer of ours that registers is heard and a stranger is not; neither changes anything', async () => {
    const before = await api.dump()
    const told = (address: string) => ({ RsList: [{ address, role: 'LEADER', sql_port: 2881 }] })
    const query = 'Action=ObRootServiceInfo&ObCluster=hooray&ObClusterId=1'
    expect(await services(query, told('10.0.0.1:2882'))).toMatchObject({ Code: 200, Data: 'successful' })
    expect((await services(query, told('10.66.6.6:2882'))).status).toBe(404)
    expect((await services(query, { RsList: 'me' })).status).toBe(400)
    expect(await api.dump()).toEqual(before)
  })
})
