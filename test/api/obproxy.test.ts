import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { setSubtask, setTask } from '../store/taskRows.ts'
import request from './fixtures/createRequest.json' with { type: 'json' }
import sample from './fixtures/installObproxy.json' with { type: 'json' }
import {
  byList,
  byUrl,
  carryOut,
  created,
  fill,
  line4,
  newProxy,
  onHost,
  openReachable,
  path,
  whileRun,
} from './obproxyScene.ts'
import type { TestApi } from './server.ts'

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
      context: {
        listMap: {},
        parallel: false,
        parallelIdx: -1,
        stringMap: { prohibit_rollback: 'false' },
      },
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
      configUrl:
        'http://10.0.0.9:8080/services?Action=GetObProxyConfig&User_ID=alibaba&UID=admin&ObproxyClusterName=OBProxy001',
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
    const reply = await api.post(path, {
      ...byUrl,
      ...passwords,
      obproxyInstallParam: { hostIds: [3, 4], rpcPort: 2885 },
    })
    expect(reply.data).toMatchObject({
      subtasks: [
        { name: 'Prepare obproxy install', timeout: 300 },
        { name: 'Prepare create obproxy', parallelIdx: 0 },
        { name: 'Prepare create obproxy', parallelIdx: 1 },
        { name: 'Wait node' },
        { name: 'Check if process not exist' },
        { name: 'Check if process not exist' },
        { name: 'Wait node' },
        { name: 'Check if command exists' },
        { name: 'Check if command exists' },
        { name: 'Wait node' },
        { name: 'Install rpm by package and version' },
        { name: 'Install rpm by package and version' },
        { name: 'Wait node' },
        { name: 'Start obproxy process' },
        { name: 'Start obproxy process' },
        { name: 'Wait node' },
        { name: 'Sync obproxy parameter' },
        { name: 'Sync obproxy parameter' },
        { name: 'Set obproxy user and password for connect', parallelIdx: -1 },
        { name: 'Register obproxy exporter' },
        { name: 'Register obproxy exporter' },
        { name: 'Update obproxy status', timeout: 300 },
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
            {
              architecture: 'x86_64',
              exporterPort: 2884,
              hostId: 3,
              ip: '10.0.0.3',
              sqlPort: 2883,
              version: '4.2.1.0-11',
            },
            {
              hostId: 4,
              idcName: 'hz2',
              lastActiveTime: null,
              operateStatus: 'OPERATING',
              status: 'CREATING',
            },
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
      expect(changed.data).toMatchObject({
        id: 1,
        address,
        port: 3306,
        obproxies: [{ sqlPort: 2883 }],
      })
    }
    expect(
      (
        await api.call({
          method: 'PUT',
          url: `${path}/9`,
          body: { address: 'foo.bar', port: 3306 },
        })
      ).error?.code,
    ).toBe('ODP21001')
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
    const added = await whileRun(
      api,
      api.post(`${links}/batchAdd`, [{ clusterName: 'hooray' }, { clusterId: 2 }]),
      async () => {
        expect(api.started.at(-1)?.workflow).toBe('linkObproxy')
        expect((await api.post(`${links}/batchAdd`, [{ clusterId: 1 }])).error?.code).toBe(
          'COM10005',
        )
        await api.store.obproxy.settle(1, [1, 2])
        await carryOut(api)
      },
    )
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

  test('batchAdd and its opposite name their task at once when nobody wants to wait', async () => {
    await created(api, { ...byUrl, ...onHost() })
    const links = `${path}/1/obLinks`
    const added = await api.post(`${links}/batchAdd?wait=false`, [{ clusterName: 'hooray' }])
    expect(added.data).toMatchObject({
      name: 'Link obproxy',
      status: 'RUNNING',
      obproxyClusterId: 1,
    })
    await api.store.obproxy.settle(1, [1])
    await api.launcher.settled()
    await carryOut(api)
    const unlinked = await api.remove(`${links}/hooray?wait=false`)
    expect(unlinked.data).toMatchObject({ name: 'Unlink obproxy', obproxyClusterId: 1 })
    expect(
      (await api.get('/api/v2/tasks/instances?obproxyClusterId=1&sort=id,asc')).data,
    ).toMatchObject({
      contents: ['Install obproxy', 'Link obproxy', 'Unlink obproxy'].map((name) => ({
        name,
        obproxyClusterId: 1,
      })),
    })
    expect((await api.get('/api/v2/tasks/instances?obproxyClusterId=2')).data).toMatchObject({
      contents: [],
    })
  })

  test('batchAdd tells why its task failed and which task that is', async () => {
    await created(api, { ...byUrl, ...onHost() })
    const reply = await whileRun(
      api,
      api.post(`${path}/1/obLinks/batchAdd`, [{ clusterId: 1 }]),
      async () => {
        const taskId = api.started.at(-1)?.taskId ?? 0
        const [subtask] = (await api.store.tasks.get(taskId))?.subtasks ?? []
        const cause = { code: 'ODP21011', message: 'proxyro of hooray is refused' }
        await setSubtask(api.db, subtask?.id ?? 0, { status: 'FAILED', cause })
        await setTask(api.db, taskId, 'FAILED')
      },
    )
    expect(reply).toMatchObject({ status: 500, error: { code: 'OBE10002' } })
    expect(reply.error?.message).toMatch(
      /task \d+ "Link obproxy" failed .*ODP21011 proxyro of hooray is refused/,
    )
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
        { name: 'Prepare offline obproxy', parallelIdx: 0 },
        { name: 'Wait node' },
        { name: 'Stop and uninstall obproxy', parallelIdx: 0 },
        { name: 'Delete obproxy info', timeout: 300 },
        { name: 'Unreserve host' },
        { name: 'Finish node', timeout: 0 },
      ],
    })
    expect((await api.get(`${path}/1`)).data).toMatchObject({ status: 'DELETING' })
    await api.store.obproxy.release(1)
    expect((await api.get('/api/v2/compute/hosts/3')).data).toMatchObject({
      status: 'AVAILABLE',
      services: [],
    })
    expect((await api.get(`${path}/1`)).status).toBe(404)
  })

  test.each([['4.2.1.0'], ['4.2.1.0-11'], [newProxy]])(
    'the version of an OBProxy may be given as %s',
    async (version) => {
      await created(api, { ...byList, ...onHost({ version }) })
      expect((await api.get(`${path}/1`)).data).toMatchObject({
        versions: [{ count: 1, version: '4.2.1.0-11' }],
      })
    },
  )

  test('a package of OBProxy that was not uploaded is named as it was given', async () => {
    const version = 'obproxy-4.3.0-1.el7.x86_64.rpm'
    const reply = await api.post(path, { ...byList, ...onHost({ version }) })
    expect(reply).toMatchObject({
      status: 404,
      error: { code: 'PKG10014', message: `Package ${version} does not exist` },
    })
  })

  test('a create takes only proxies that can serve the new cluster', async () => {
    await created(api, { ...byList, ...onHost({ version: '3.2.3' }) })
    const zones = [{ name: 'zone1', idcName: 'hz2', servers: [4] }]
    const create = (change: object) =>
      api.post('/api/v2/ob/clusters', { ...request, name: 'terran', zones, ...change })
    const at = { subErrors: [{ field: 'obproxyClusterIds[0]' }] }
    expect(await create({ obproxyClusterIds: [1], rpmName: line4 })).toMatchObject({
      error: { code: 'ODP21110', ...at },
    })
    expect(await create({ obproxyClusterIds: [1] })).toMatchObject({
      error: { code: 'COM10005', ...at },
    })
  })
})
