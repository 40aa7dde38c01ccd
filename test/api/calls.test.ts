import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { addHosts, packageNamed, sampleRpm } from '../store/inventory.ts'
import { setSubtask, setTask } from '../store/taskRows.ts'
import { englishSentence } from '../support/sentences.ts'
import request from './fixtures/createRequest.json' with { type: 'json' }
import { basic, openApi, type TestApi } from './server.ts'

describe('the API', () => {
  let api: TestApi
  beforeAll(async () => {
    api = await openApi()
  })
  afterAll(() => api.close())

  describe('every call', () => {
    beforeAll(() => api.reset())
    const clusters = '/api/v2/ob/clusters'

    test.each([
      ['no login', {}, 'IAM10000'],
      ['a wrong password', { authorization: basic('admin', 'wrong') }, 'IAM10004'],
      ['an unknown user', { authorization: basic('nobody', 'admin-password') }, 'IAM10004'],
      ['another scheme', { authorization: 'Bearer x' }, 'IAM10000'],
    ])('with %s is refused in the envelope', async (_, headers, code) => {
      const reply = await api.app.inject({ url: clusters, headers })
      expect(reply.statusCode).toBe(401)
      expect(reply.headers['www-authenticate']).toContain('Basic')
      expect(reply.json()).toMatchObject({ status: 401, successful: false, error: { code } })
    })

    test('counts a changed password at once', async () => {
      expect((await api.get(clusters)).status).toBe(200)
      await api.store.users.setPasswordHash(100, 'scrypt$16384$8$1$AAAA$AAAA')
      expect((await api.get(clusters)).status).toBe(401)
      await api.reset()
    })

    test('adopts a trace id and refuses to echo anything else', async () => {
      expect(
        (await api.call({ url: clusters, headers: { 'x-trace-id': 'abc-123' } })).traceId,
      ).toBe('abc-123')
      expect(
        (await api.call({ url: clusters, headers: { 'x-trace-id': 'a b\u00e9' } })).traceId,
      ).toMatch(/^[0-9a-f]{16}$/)
    })

    test.each([
      [
        {
          method: 'POST',
          url: clusters,
          body: '{"name":',
          headers: { 'content-type': 'application/json' },
        },
        400,
        'COM10003',
      ],
      [
        { method: 'POST', url: clusters, body: 'a=b', headers: { 'content-type': 'text/csv' } },
        415,
        'COM10003',
      ],
      [
        {
          method: 'POST',
          url: clusters,
          body: '',
          headers: { 'content-type': 'application/json' },
        },
        400,
        'COM10003',
      ],
      [
        {
          method: 'POST',
          url: clusters,
          body: '[]',
          headers: { 'content-type': 'application/json' },
        },
        400,
        'COM10001',
      ],
      [{ method: 'POST', url: clusters }, 400, 'COM10001'],
      [{ method: 'PUT', url: clusters }, 405, 'COM10003'],
      [{ url: '/api/v2/nothing' }, 404, 'COM10002'],
      [{ url: '/api/v2/ob/clusters/%zz' }, 400, 'COM10003'],
      [{ url: '/api/v2/ob/clusters/abc' }, 404, 'COM10002'],
      [{ url: '/api/v2/ob/clusters/0x1' }, 400, 'COM10001'],
      [{ url: '/api/v2/ob/clusters/77' }, 404, 'OBE11001'],
      [{ url: '/api/v2/tasks/77' }, 404, 'TSK10001'],
      [{ url: '/api/v2/compute/hosts/77' }, 404, 'CMP07005'],
      [{ url: '/api/v2/compute/regions/77' }, 404, 'COM10002'],
      [{ url: '/api/v2/tasks/instances?size=2001' }, 400, 'COM10001'],
      [{ url: '/api/v2/tasks/instances?sort=password,asc' }, 400, 'COM10001'],
      [{ url: '/api/v2/tasks/instances?colour=red' }, 400, 'COM10001'],
    ] as const)('%j is answered %i %s', async (call, status, code) => {
      const reply = await api.call(call)
      expect(reply).toMatchObject({ status, successful: false, error: { code } })
      const headers = { ...('headers' in call && call.headers), 'accept-language': 'zh-CN' }
      const { error } = await api.call({ ...call, headers })
      expect(error?.message).toMatch(/\p{Script=Han}/u)
      expect(error?.message).not.toMatch(englishSentence)
    })
  })

  test('time, info and health are bare, and health needs no login', async () => {
    const headers = { authorization: basic('admin', 'admin-password') }
    expect((await api.app.inject({ url: '/api/v2/time', headers })).body).toMatch(
      /^\d{4}-\d\d-\d\dT[\d:.]{12}[+-]\d\d:\d\d$/,
    )
    expect((await api.app.inject({ url: '/api/v2/info', headers })).json()).toMatchObject({
      name: 'obflow',
    })
    expect((await api.app.inject('/api/status')).body).toBe('okay')
    expect((await api.app.inject('/healthz')).json()).toMatchObject({ status: 'okay' })
  })

  describe('on an empty store', () => {
    beforeEach(() => api.reset())

    test('regions, IDCs and host types are made once, listed, and removed when nothing uses them', async () => {
      const region = await api.post('/api/v2/compute/regions', {
        name: 'hangzhou',
        description: 'east',
      })
      expect(region.data).toMatchObject({ id: 1, name: 'hangzhou', description: 'east' })
      expect(await api.post('/api/v2/compute/regions', { name: 'hangzhou' })).toMatchObject({
        status: 409,
        error: { code: 'COM10006' },
      })
      expect(await api.post('/api/v2/compute/idcs', { name: 'hz1', regionId: 9 })).toMatchObject({
        status: 404,
        error: { code: 'COM10002' },
      })
      const idc = await api.post('/api/v2/compute/idcs', { name: 'hz1', regionId: 1 })
      expect(idc.data).toMatchObject({
        id: 1,
        name: 'hz1',
        description: null,
        regionId: 1,
        regionName: 'hangzhou',
      })
      expect((await api.post('/api/v2/compute/hostTypes', { name: 'tiny' })).data).toMatchObject({
        id: 1,
        name: 'tiny',
      })
      expect((await api.get('/api/v2/compute/idcs?sort=name,desc')).data).toMatchObject({
        contents: [{ name: 'hz1' }],
        page: { number: 1, size: 10, totalElements: 1, totalPages: 1 },
      })
      expect(await api.remove('/api/v2/compute/regions/1')).toMatchObject({
        status: 409,
        error: { code: 'COM10005' },
      })
      for (const path of ['idcs/1', 'regions/1', 'hostTypes/1']) {
        const gone = await api.remove(`/api/v2/compute/${path}`)
        expect(gone).toMatchObject({ status: 200, successful: true })
        expect(gone).not.toHaveProperty('data')
        expect((await api.get(`/api/v2/compute/${path}`)).status).toBe(404)
      }
    })

    test('a credential never shows its passphrase', async () => {
      const login = { type: 'PASSWORD', username: 'root', passphrase: 'Hidden-word-2' }
      const made = await api.post('/api/v2/profiles/me/credentials', {
        targetType: 'HOST',
        name: 'root',
        sshCredentialProperty: login,
      })
      expect(made.data).toMatchObject({
        id: 1,
        sshCredentialProperty: { type: 'PASSWORD', username: 'root' },
      })
      const all = [
        made.text,
        (await api.get('/api/v2/profiles/me/credentials')).text,
        JSON.stringify(await api.dump()),
      ].join()
      expect(all).not.toContain('Hidden-word-2')
    })

    test('hosts are added with a task each that prepares them', async () => {
      await addHosts(api.store, 1)
      const batch = { idcId: 1, credentialId: 1, sshPort: 2222, kind: 'DEDICATED_CONTAINER' }
      const list = [
        { innerIpAddress: '10.9.0.1', serialNumber: 'S1' },
        { innerIpAddress: '10.9.0.2' },
      ]
      const added = await api.post('/api/v2/compute/hosts/batchCreate', {
        ...batch,
        hostBasicDataList: list,
      })
      expect(added.data).toMatchObject({
        hostIds: [2, 3],
        contents: [
          {
            creator: 'admin',
            hostId: 2,
            name: 'Prepare host',
            operation: 'EXECUTE',
            status: 'RUNNING',
            type: 'MANUAL',
            subtasks: [
              {
                name: 'Pre check for create host',
                status: 'READY',
                timeout: 1800,
                nodeType: 'JAVA_TASK',
                upstreams: [],
              },
              { name: 'Uninstall legacy obagent', status: 'PENDING', timeout: 2100 },
              { name: 'Uninstall legacy ocp agent', timeout: 600 },
              { name: 'Install ocp agent', timeout: 5400 },
              { name: 'Update host status', timeout: 1800, downstreams: [] },
            ],
          },
          { hostId: 3 },
        ],
      })
      await api.launcher.settled()
      expect(api.started.map((run) => run.workflow)).toEqual([
        'prepareHost',
        'prepareHost',
        'prepareHosts',
      ])
      const { contents, id } = z
        .object({ contents: z.array(z.object({ id: z.number() })), id: z.number() })
        .parse(added.data)
      expect(contents.map((task) => task.id)).not.toContain(id)
      expect((await api.get(`/api/v2/tasks/instances/${id}`)).data).toMatchObject({
        name: 'Prepare hosts',
        status: 'RUNNING',
        prohibitRollback: true,
        subtasks: [{ name: 'Wait for hosts', status: 'READY', timeout: 11_700 }],
      })
      expect((await api.get('/api/v2/compute/hosts/2')).data).toMatchObject({
        status: 'NEW',
        sshPort: 2222,
        serialNumber: 'S1',
        idcName: 'hz2',
      })
      expect(
        (await api.get('/api/v2/compute/hosts?status=NEW,OFFLINE&keyword=10.9')).data,
      ).toMatchObject({
        page: { totalElements: 2 },
      })

      const before = await api.dump()
      const again = await api.post('/api/v2/compute/hosts/batchCreate', {
        ...batch,
        hostBasicDataList: [{ innerIpAddress: '10.9.0.3' }, ...list],
      })
      expect(again).toMatchObject({
        status: 409,
        error: {
          code: 'COM10006',
          subErrors: [{ rejectedValue: '10.9.0.1' }, { rejectedValue: '10.9.0.2' }],
        },
      })
      expect(await api.remove('/api/v2/compute/hosts/2')).toMatchObject({
        status: 409,
        error: { code: 'CMP07006' },
      })
      expect(await api.dump()).toEqual(before)
    })

    test('an accepted task whose start failed is started by the sweep', async () => {
      await addHosts(api.store, 1)
      await api.launcher.sweep()
      await api.launcher.settled()
      const workflowId = 'prepare-host-10.0.0.1-1000'
      expect(api.started).toMatchObject([{ workflow: 'prepareHost', workflowId, taskId: 1000 }])
      await api.launcher.sweep()
      expect(api.started).toHaveLength(1)
    })
  })

  const createSample = async () => {
    await api.reset()
    await addHosts(api.store, 1)
    await api.store.packages.create(packageNamed(sampleRpm))
    expect((await api.post('/api/v2/ob/clusters', request)).status).toBe(200)
  }

  describe('with a cluster being created', () => {
    beforeAll(createSample)

    test('the cluster, its zones and servers are shown', async () => {
      const list = await api.get('/api/v2/ob/clusters?status=CREATING&name=terr')
      expect(list.data).toMatchObject({
        contents: [
          {
            creator: 'admin',
            id: 1,
            name: 'terran',
            obClusterId: 1,
            obVersion: '2.2.73',
            regionCount: 1,
            rootServers: [{ address: '10.0.0.1:2882', sql_port: 2881 }],
            serverCount: 1,
            status: 'CREATING',
            type: 'PRIMARY',
          },
        ],
      })
      expect((await api.get('/api/v2/ob/clusters/1/zones')).data).toMatchObject({
        contents: [
          {
            name: 'zone1',
            idcId: 1,
            idcName: 'hz2',
            regionName: 'hangzhou',
            serverCount: 1,
            hostCount: 1,
          },
        ],
      })
      const servers = await api.get('/api/v2/ob/clusters/1/servers?idcName=hz2')
      expect(servers.data).toMatchObject({
        contents: [{ ip: '10.0.0.1', port: 2882, sqlPort: 2881, zoneName: 'zone1', hostId: 1 }],
      })
      expect((await api.get('/api/v2/ob/clusters/1/zones/zone1/servers')).data).toEqual(
        servers.data,
      )
      expect((await api.get('/api/v2/ob/clusters/1/servers?idcName=other')).data).toEqual({
        contents: [],
      })
      expect((await api.get('/api/v2/compute/hosts/1')).data).toMatchObject({
        status: 'ONLINE',
        services: [{ name: 'terran:1', type: 'OB_CLUSTER' }],
      })
    })

    test.each([
      ['status=RUNNING', 2],
      ['status=FAILED', 0],
      ['clusterId=1', 1],
      ['clusterName=ERR', 1],
      ['cluterName=terran', 1],
      ['clusterName=zerg', 0],
      ['name=primary', 1],
      ['hostId=1', 1],
      ['tenantId=1', 0],
      ['type=MANUAL&size=1', 2],
    ])('the task list is filtered by %s', async (filter, total) => {
      expect((await api.get(`/api/v2/tasks/instances?${filter}`)).data).toMatchObject({
        page: { totalElements: total },
      })
    })

    test('what a cluster uses cannot be taken away', async () => {
      expect(await api.remove('/api/v2/compute/hosts/1')).toMatchObject({
        status: 409,
        error: { code: 'CMP07004' },
      })
      expect(await api.remove('/api/v2/software-packages/1')).toMatchObject({
        status: 409,
        error: { code: 'COM10005' },
      })
    })
  })

  test('a running subtask shows its log by run, a failed one why', async () => {
    await createSample()
    const { tasks } = api.store
    const { contents } = await tasks.list({ clusterId: 1 }, { page: 1, size: 1 })
    const task = contents[0]
    const [first] = task?.subtasks ?? []
    if (!task || !first) throw new Error('no task')
    const run = {
      taskId: task.id,
      subtaskId: first.id,
      runTime: 1,
      at: new Date(2026, 0, 2, 3, 4, 5, 678),
    }
    await setSubtask(api.db, first.id, {
      status: 'FAILED',
      executor: '10.0.0.9',
      startTime: run.at,
      finishTime: run.at,
      cause: { code: 'CMP07050', message: 'no space', advice: 'free some', host: '10.0.0.1' },
    })
    await tasks.log([{ ...run, level: 'WARN', message: 'disk is small' }])
    await setTask(api.db, task.id, 'FAILED')

    const path = `/api/v2/tasks/instances/${task.id}`
    const log = await api.get(`${path}/subtasks/${first.id}/log`)
    expect(log.data).toMatchObject({
      log: expect.stringMatching(
        /^#{12}\{EXECUTE\}\{2026-01-02T03:04:05\.678[+-]\d\d:\d\d\}#{12}\n2026-01-02 03:04:05\.678 {2}WARN --- .* : disk is small\n$/,
      ),
    })
    expect((await api.get(path)).data).toMatchObject({
      status: 'FAILED',
      subtasks: [
        {
          status: 'FAILED',
          error: { code: 'CMP07050', message: 'no space', advice: 'free some', host: '10.0.0.1' },
          executor: '10.0.0.9',
        },
        {},
        {},
        ...Array(20).fill({}),
      ],
    })
    expect((await api.get(`${path}/subtasks/1/log`)).error?.code).toBe('TSK10001')
  })
})
