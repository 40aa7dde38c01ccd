import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { clusters } from '../../src/store/schema/index.ts'
import { addHosts, packageNamed, sampleRpm } from '../store/inventory.ts'
import { setSubtask, setTask } from '../store/taskRows.ts'
import request from './fixtures/createRequest.json' with { type: 'json' }
import { openApi, type TestApi } from './server.ts'

const compute = '/api/v2/compute'
const packages = '/api/v2/software-packages'
const credentials = '/api/v2/profiles/me/credentials'
const agentRpm = 't-oceanbase-ocp-agent-3.1.2-20210812221645.el7.x86_64.rpm'
const agentPackage = { ...packageNamed(agentRpm), type: 'OCP_AGENT_INSTALL_PACKAGE' as const }

const listed = z.object({ contents: z.array(z.looseObject({ id: z.number() })) })
const deletable = z.object({
  contents: z.array(z.object({ fileName: z.string(), deletable: z.boolean() })),
})

/** Ends the preparation of a host as a run would. */
async function endTasksOf(api: TestApi, hostId: number): Promise<void> {
  const { contents } = await api.store.tasks.list({ hostId }, { page: 1, size: 10 })
  for (const { id } of contents) {
    await setTask(api.db, id, 'SUCCESSFUL')
  }
}

/** A standby of cluster 1. */
async function addStandby({ db }: TestApi): Promise<void> {
  const [primary] = await db.select().from(clusters)
  if (primary === undefined) throw new Error('there is no cluster')
  await db
    .insert(clusters)
    .values({ ...primary, id: 50, obClusterId: 2, type: 'STANDBY', status: 'RUNNING' })
}

describe('the inventory', () => {
  let api: TestApi
  beforeAll(async () => {
    api = await openApi()
  })
  afterAll(() => api.close())
  beforeEach(async () => {
    await api.reset()
    await addHosts(api.store, 3)
    await api.store.packages.create(packageNamed(sampleRpm))
  })

  const ids = async (url: string) =>
    listed.parse((await api.get(url)).data).contents.map(({ id }) => id)

  test('a region with an IDC, an IDC, host type or credential with a host, all stay', async () => {
    await api.post(`${compute}/hostTypes`, { name: 'tiny' })
    const list = [{ innerIpAddress: '10.9.0.1' }]
    await api.post(`${compute}/hosts/batchCreate`, {
      hostBasicDataList: list,
      idcId: 1,
      typeId: 1,
      credentialId: 1,
    })
    const before = await api.dump()
    for (const [url, words] of [
      [`${compute}/regions/1`, 'region 1 is used by IDC hz2'],
      [`${compute}/idcs/1`, /IDC 1 is used by host [\d.]+ and 3 more/],
      [`${compute}/hostTypes/1`, 'host type 1 is used by host 10.9.0.1'],
      [`${credentials}/1`, /credential 1 is used by host [\d.]+ and 3 more/],
    ] as const) {
      expect(await api.remove(url), url).toMatchObject({
        status: 409,
        error: { code: 'COM10005', message: expect.stringMatching(words) },
      })
    }
    expect(await api.dump()).toEqual(before)
  })

  test('a host in use is not removed, and the refusal names what uses it', async () => {
    await api.post('/api/v2/ob/clusters', request)
    await endTasksOf(api, 3)
    expect(await api.remove(`${compute}/hosts/1`)).toMatchObject({
      status: 409,
      error: { code: 'CMP07004', message: expect.stringContaining(`, ${request.name}`) },
    })
  })

  test('a host key that changed is accepted by whoever names it in full', async () => {
    const accept = (id: number, hostKey: string) =>
      api.post(`${compute}/hosts/${id}/acceptHostKey`, { hostKey })
    const [first, second] = [`SHA256:${'a'.repeat(43)}`, `SHA256:${'b'.repeat(43)}`]
    await api.store.hosts.pinKey(1, { sha256: first, type: 'ssh-rsa' })
    await api.store.hosts.pinKey(1, { sha256: second, type: 'ssh-rsa' })
    expect(await api.store.hosts.access(1)).toMatchObject({
      hostKey: first,
      hostKeyType: 'ssh-rsa',
    })
    expect(await accept(1, 'b')).toMatchObject({
      status: 400,
      error: { code: 'COM10001', subErrors: [{ field: 'hostKey' }] },
    })
    expect(await accept(77, second)).toMatchObject({ status: 404, error: { code: 'CMP07005' } })
    expect(await accept(1, second)).toMatchObject({ status: 200, successful: true })
    expect(await api.store.hosts.access(1)).toMatchObject({ hostKey: second })
    expect((await api.store.hosts.access(1)).hostKeyType).toBeUndefined()
    await api.store.hosts.pinKey(1, { sha256: second, type: 'ssh-ed25519' })
    expect(await api.store.hosts.access(1)).toMatchObject({
      hostKey: second,
      hostKeyType: 'ssh-ed25519',
    })
    expect((await api.store.hosts.access(2)).hostKey).toBeUndefined()
  })

  test('hosts are deleted all or none, each that cannot be named', async () => {
    await api.post('/api/v2/ob/clusters', request)
    await endTasksOf(api, 3)
    const url = `${compute}/hosts/batchDelete`
    const before = await api.dump()
    expect(await api.post(url, { hostIdList: [3, 1, 77, 2] })).toMatchObject({
      status: 409,
      error: {
        code: 'CMP07004',
        subErrors: [
          { field: 'hostIdList[1]', rejectedValue: 1 },
          { code: 'CMP07005', field: 'hostIdList[2]', rejectedValue: 77 },
          { code: 'CMP07006', field: 'hostIdList[3]', rejectedValue: 2 },
        ],
      },
    })
    expect(await api.dump()).toEqual(before)

    await endTasksOf(api, 2)
    const gone = await api.post(url, { hostIdList: [3, 2] })
    expect(gone).toMatchObject({ status: 200, successful: true })
    expect(gone).not.toHaveProperty('data')
    expect(await ids(`${compute}/hosts`)).toEqual([1])
  })

  test.each([
    ['status=AVAILABLE', [2, 3]],
    ['status=ONLINE,NEW', [1]],
    ['includedServiceType=OB_CLUSTER', [1]],
    ['includedServiceType=OB_PROXY,OMS', []],
    ['excludedServiceType=OB_CLUSTER', [2, 3]],
    ['keyword=0.0.2', [2]],
    ['idcId=2', []],
    ['sort=id,desc&size=2', [3, 2]],
    ['page=2&size=2&sort=id,asc', [3]],
  ])('hosts are listed by %s', async (filter, expected) => {
    await api.post('/api/v2/ob/clusters', request)
    expect((await ids(`${compute}/hosts?${filter}`)).sort()).toEqual([...expected].sort())
  })

  test('a package is deletable while nothing uses it: no cluster, no agent on a host, no task that may install it', async () => {
    await api.store.packages.create(agentPackage)
    const usable = async () =>
      Object.fromEntries(
        deletable
          .parse((await api.get(packages)).data)
          .contents.map((shown) => [shown.fileName, shown.deletable]),
      )
    expect(await usable()).toEqual({ [sampleRpm]: true, [agentRpm]: false })
    expect(await api.remove(`${packages}/2`)).toMatchObject({
      status: 409,
      error: { code: 'COM10005' },
    })

    for (const hostId of [1, 2, 3]) await endTasksOf(api, hostId)
    expect(await usable()).toEqual({ [sampleRpm]: true, [agentRpm]: true })

    await api.store.hosts.setAgent(2, { version: '3.1.2-20210812221645', status: 'AVAILABLE' })
    expect(await usable()).toEqual({ [sampleRpm]: true, [agentRpm]: false })
    expect(await api.remove(`${packages}/2`)).toMatchObject({
      status: 409,
      error: { code: 'COM10005' },
    })

    await api.post('/api/v2/ob/clusters', request)
    expect(await usable()).toEqual({ [sampleRpm]: false, [agentRpm]: false })
    expect(await api.remove(`${packages}/1`)).toMatchObject({
      status: 409,
      error: { code: 'COM10005' },
    })
  })

  test.each(['PUT', 'PATCH'] as const)(
    'a credential is changed by %s, and hosts are reached with what it is then',
    async (method) => {
      const change = (body: object, id = 1) =>
        api.call({ method, url: `${credentials}/${id}`, body })
      const changed = await change({
        name: 'mended',
        sshCredentialProperty: { passphrase: 'Second-word-2' },
      })
      expect(changed.data).toMatchObject({
        id: 1,
        name: 'mended',
        sshCredentialProperty: { type: 'PASSWORD', username: 'root' },
      })
      expect(changed.text).not.toContain('Second-word-2')
      const access = await api.store.hosts.access(1)
      expect([access.login.type, access.login.secret.reveal()]).toEqual([
        'PASSWORD',
        'Second-word-2',
      ])

      await api.post(credentials, {
        targetType: 'HOST',
        name: 'other',
        sshCredentialProperty: { type: 'PASSWORD', username: 'admin', passphrase: 'x' },
      })
      expect(await change({ name: 'other' })).toMatchObject({
        status: 409,
        error: { code: 'COM10006' },
      })
      expect(await change({ name: 'any' }, 77)).toMatchObject({
        status: 404,
        error: { code: 'COM10002' },
      })
      expect(await change({ sshCredentialProperty: { type: 'PRIVATE_KEY' } })).toMatchObject({
        status: 400,
      })
      expect((await api.get(`${credentials}/1`)).data).toEqual(changed.data)
      expect(await api.remove(`${credentials}/2`)).toMatchObject({ status: 200 })
      expect(JSON.stringify(await api.dump())).not.toContain('credential/2')
    },
  )

  test('a standby is listed with its primary, and by itself unless only primaries are wanted', async () => {
    await api.post('/api/v2/ob/clusters', request)
    await addStandby(api)
    const url = '/api/v2/ob/clusters'
    const primary = { id: 1, name: 'terran', obClusterId: 1, type: 'PRIMARY', status: 'CREATING' }
    const standby = { id: 50, name: 'terran', obClusterId: 2, type: 'STANDBY', status: 'RUNNING' }
    expect((await api.get(`${url}?sort=id,asc`)).data).toMatchObject({
      contents: [
        { ...primary, standbyClusters: [standby] },
        { ...standby, primaryCluster: primary, standbyClusters: [] },
      ],
    })
    expect(await ids(`${url}?withStandby=false&sort=id,asc`)).toEqual([1, 50])
    expect(await ids(`${url}?withStandby=true`)).toEqual([1])
    expect(await ids(`${url}?status=CREATING,STOPPED&name=err`)).toEqual([1])
  })

  test("a zone's servers are there under both of OCP's paths", async () => {
    await api.post('/api/v2/ob/clusters', request)
    const [one, other] = [
      await api.get('/api/v2/ob/clusters/1/zones/zone1/servers'),
      await api.get('/api/v2/clusters/1/zones/zone1/servers'),
    ]
    expect(one.data).toMatchObject({
      contents: [{ ip: '10.0.0.1', zoneName: 'zone1', availableOperations: [] }],
    })
    expect(other.data).toEqual(one.data)
  })

  test('the log of a running subtask grows while it is polled', async () => {
    await api.post('/api/v2/ob/clusters', request)
    const { contents } = await api.store.tasks.list({ clusterId: 1 }, { page: 1, size: 1 })
    const { id = 0, firstSubtaskId = 0 } = contents[0] ?? {}
    const run = { taskId: id, subtaskId: firstSubtaskId, runTime: 1, at: new Date() }
    const log = async () => {
      const { data } = await api.get(`/api/v2/tasks/instances/${id}/subtasks/${firstSubtaskId}/log`)
      return z.object({ log: z.string() }).parse(data).log
    }
    expect(await log()).toBe('')
    await setSubtask(api.db, firstSubtaskId, {
      status: 'RUNNING',
      executor: 'worker-1',
      startTime: run.at,
    })
    const opened = await log()
    expect(opened).toMatch(/^#{12}\{EXECUTE\}\{\d{4}-\d\d-\d\dT[\d:.]{12}[+-]\d\d:\d\d\}#{12}\n$/)
    await api.store.tasks.log([{ ...run, level: 'INFO', message: 'one' }])
    const one = await log()
    await api.store.tasks.log([{ ...run, level: 'WARN', message: 'two' }])
    const two = await log()
    expect(one.startsWith(opened)).toBe(true)
    expect(two.startsWith(one)).toBe(true)
    expect(two.split('\n').slice(1)).toEqual([
      expect.stringMatching(/ INFO .* one$/),
      expect.stringMatching(/ WARN .* two$/),
      '',
    ])
  })
})
