import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { addHosts, addMoreHosts, packageNamed, sampleRpm } from '../store/inventory.ts'
import request from './fixtures/createRequest.json' with { type: 'json' }
import { openApi, type TestApi } from './server.ts'

const obproxyRpm = 'obproxy-3.2.3-20220101.el7.x86_64.rpm'
const otherRpm = 'oceanbase-3.1.5-20220201.el7.x86_64.rpm'
const armRpm = 'oceanbase-2.2.73-20201211175814.el7.aarch64.rpm'
const zone = { name: 'zone1', idcName: 'hz2', servers: [1] }
const zones = (...changes: object[]) => ({ zones: changes.map((change) => ({ ...zone, ...change })) })
const attributes = (change: object) => ({ attributes: change })
const parameter = (name: string, value: string) => ({ startupParameters: [{ name, value }] })

/** What is sent in place of the sample's fields, and what is answered. `field` is the first one that the answer names. */
const cases: readonly {
  readonly sent: string
  readonly change: object
  readonly status: number
  readonly code: string
  readonly field?: string
}[] = [
  { sent: 'a name that is taken', change: { name: 'taken' }, status: 409, code: 'OBE11014', field: 'name' },
  { sent: 'a name that begins with a digit', change: { name: '1terran' }, status: 400, code: 'COM10001', field: 'name' },
  { sent: 'a name of one letter', change: { name: 't' }, status: 400, code: 'COM10001', field: 'name' },
  { sent: 'a name with shell in it', change: { name: 't$(reboot)' }, status: 400, code: 'COM10001', field: 'name' },
  { sent: 'no name', change: { name: undefined }, status: 400, code: 'COM10001', field: 'name' },
  { sent: 'an empty password', change: { password: '' }, status: 400, code: 'OBE11012', field: 'password' },
  { sent: 'a password that is a number', change: { password: 7 }, status: 400, code: 'COM10001', field: 'password' },
  { sent: 'no package', change: { rpmName: '' }, status: 400, code: 'OBE11013', field: 'rpmName' },
  {
    sent: 'a package that is not there',
    change: { rpmName: 'oceanbase-9-9.el7.x86_64.rpm' },
    status: 404,
    code: 'PKG10014',
    field: 'rpmName',
  },
  { sent: 'a package of the wrong type', change: { rpmName: obproxyRpm }, status: 400, code: 'PKG10013', field: 'rpmName' },
  { sent: 'a second package in a zone', change: zones({ rpmName: otherRpm }), status: 400, code: 'COM10001', field: 'rpmName' },
  { sent: 'another full version', change: { fullVersion: '2.2.73-1' }, status: 400, code: 'COM10001', field: 'fullVersion' },
  { sent: 'no zones', change: { zones: [] }, status: 400, code: 'OBE18010', field: 'zones' },
  { sent: 'a zone name with a space', change: zones({ name: 'zone 1' }), status: 400, code: 'OBE18001', field: 'zones[0].name' },
  { sent: 'one zone name twice', change: zones({}, { servers: [2] }), status: 400, code: 'OBE18009', field: 'zones[1].name' },
  { sent: 'a zone without servers', change: zones({ servers: [] }), status: 400, code: 'OBE11019', field: 'zones[0].servers' },
  {
    sent: 'a host that is not there',
    change: zones({ servers: [999] }),
    status: 404,
    code: 'CMP07005',
    field: 'zones[0].servers[0]',
  },
  {
    sent: 'a host that is not prepared',
    change: zones({ servers: [4] }),
    status: 409,
    code: 'CMP07004',
    field: 'zones[0].servers[0]',
  },
  { sent: 'a host in use', change: zones({ servers: [3] }), status: 409, code: 'CMP07004', field: 'zones[0].servers[0]' },
  { sent: 'a host of another IDC', change: zones({ servers: [5] }), status: 400, code: 'CMP07008', field: 'zones[0].servers[0]' },
  {
    sent: 'a host of another architecture',
    change: zones({ servers: [6] }),
    status: 400,
    code: 'CMP07025',
    field: 'zones[0].servers[0]',
  },
  {
    sent: 'a package of another architecture',
    change: { rpmName: armRpm },
    status: 400,
    code: 'CMP07025',
    field: 'zones[0].servers[0]',
  },
  {
    sent: 'one host twice in a zone',
    change: zones({ servers: [1, 1] }),
    status: 400,
    code: 'CMP07010',
    field: 'zones[0].servers[1]',
  },
  {
    sent: 'one host in two zones',
    change: zones({}, { name: 'zone2' }),
    status: 400,
    code: 'CMP07010',
    field: 'zones[1].servers[0]',
  },
  {
    sent: 'an IDC that is not there',
    change: zones({ idcName: 'hz9' }),
    status: 404,
    code: 'COM10002',
    field: 'zones[0].idcName',
  },
  {
    sent: 'a root server of no server',
    change: zones({ rootServer: 2 }),
    status: 400,
    code: 'COM10001',
    field: 'zones[0].rootServer',
  },
  {
    sent: 'an architecture that the package has not',
    change: zones({ architecture: 'aarch64' }),
    status: 400,
    code: 'OBE11023',
    field: 'zones[0].architecture',
  },
  {
    sent: 'an OS that the package has not',
    change: zones({ packageOperatingSystem: 'el8' }),
    status: 400,
    code: 'COM10001',
    field: 'zones[0].packageOperatingSystem',
  },
  { sent: 'a priority of no zone', change: { primaryZone: 'zone9' }, status: 400, code: 'OBE11022', field: 'primaryZone' },
  {
    sent: 'a priority with an end missing',
    change: { primaryZone: 'zone1;' },
    status: 400,
    code: 'OBE11022',
    field: 'primaryZone',
  },
  { sent: 'a random priority', change: { primaryZone: 'RANDOM' }, status: 400, code: 'OBE23101', field: 'primaryZone' },
  {
    sent: 'two zones in the first place',
    change: { primaryZone: 'zone1,zone2', ...zones({}, { name: 'zone2', servers: [2] }) },
    status: 400,
    code: 'OBE23102',
    field: 'primaryZone',
  },
  {
    sent: 'a first zone alone in its region',
    change: { primaryZone: 'zone2', ...zones({}, { name: 'zone2', servers: [5], idcName: 'sh1' }) },
    status: 400,
    code: 'OBE11022',
    field: 'primaryZone',
  },
  {
    sent: 'a relative path',
    change: attributes({ installPath: 'ob' }),
    status: 400,
    code: 'CMP07028',
    field: 'attributes.installPath',
  },
  {
    sent: 'a path that climbs',
    change: attributes({ dataDiskPath: '/data/../etc' }),
    status: 400,
    code: 'COM10001',
    field: 'attributes.dataDiskPath',
  },
  {
    sent: 'a path with shell in it',
    change: attributes({ LogDiskPath: '/data;reboot' }),
    status: 400,
    code: 'COM10001',
    field: 'attributes.logDiskPath',
  },
  {
    sent: 'an RPC port too low',
    change: attributes({ svrPort: 1024 }),
    status: 400,
    code: 'OBE19008',
    field: 'attributes.svrPort',
  },
  {
    sent: 'a SQL port too high',
    change: attributes({ SqlPort: 65_536 }),
    status: 400,
    code: 'OBE19009',
    field: 'attributes.sqlPort',
  },
  {
    sent: 'one port for both',
    change: attributes({ sqlPort: 2882 }),
    status: 400,
    code: 'OBE19017',
    field: 'attributes.sqlPort',
  },
  {
    sent: 'an unknown attribute',
    change: attributes({ color: 'red' }),
    status: 400,
    code: 'COM10001',
    field: 'attributes.color',
  },
  {
    sent: 'a user with a slash',
    change: attributes({ operatingSystemUser: '../root' }),
    status: 400,
    code: 'COM10001',
    field: 'attributes.operatingSystemUser',
  },
  {
    sent: 'a parameter that the request owns',
    change: parameter('rpc_port', '1'),
    status: 400,
    code: 'OBE31206',
    field: 'startupParameters[0].name',
  },
  {
    sent: 'a parameter that holds a second one',
    change: parameter('memory_limit', '8G,x=1'),
    status: 400,
    code: 'COM10001',
    field: 'startupParameters[0].value',
  },
  {
    sent: 'an OBProxy cluster that is not there',
    change: { obproxyClusterIds: [9] },
    status: 404,
    code: 'ODP21001',
    field: 'obproxyClusterIds[0]',
  },
  {
    sent: 'an OBProxy cluster that does not run',
    change: { obproxyClusterIds: [1] },
    status: 409,
    code: 'COM10005',
    field: 'obproxyClusterIds[0]',
  },
  { sent: 'a client token too short', change: { clientToken: 'short' }, status: 400, code: 'COM10001', field: 'clientToken' },
  { sent: 'an unknown field', change: { colour: 'red' }, status: 400, code: 'COM10001', field: 'colour' },
  {
    sent: 'an unknown field in a zone',
    change: zones({ colour: 'red' }),
    status: 400,
    code: 'COM10001',
    field: 'zones[0].colour',
  },
  { sent: 'an unknown type', change: { type: 'TERTIARY' }, status: 400, code: 'COM10001', field: 'type' },
  {
    sent: 'a host id that is text',
    change: zones({ servers: ['1'] }),
    status: 400,
    code: 'COM10001',
    field: 'zones[0].servers[0]',
  },
  {
    sent: 'a standby of nothing',
    change: { type: 'STANDBY' },
    status: 400,
    code: 'COM10001',
    field: 'primaryClusterInfo',
  },
  {
    sent: 'a standby whose primary is not there',
    change: { type: 'STANDBY', primaryClusterInfo: { rootSysPassword: 'Hidden-word-1', obClusterId: 9 } },
    status: 404,
    code: 'OBE11017',
    field: 'primaryClusterInfo.obClusterId',
  },
  {
    sent: 'a standby with a password that is not its primary’s',
    change: { type: 'STANDBY', primaryClusterInfo: { rootSysPassword: 'other', obClusterId: 1 } },
    status: 400,
    code: 'COM10001',
    field: 'password',
  },
  {
    sent: 'a standby with a primary zone',
    change: { type: 'STANDBY', primaryZone: 'zone1', primaryClusterInfo: { rootSysPassword: 'Hidden-word-1', obClusterId: 1 } },
    status: 400,
    code: 'OBE11022',
    field: 'primaryZone',
  },
  {
    sent: 'a primary with what only a standby has',
    change: { primaryClusterInfo: { rootSysPassword: 'Hidden-word-1', obClusterId: 1 } },
    status: 400,
    code: 'COM10003',
  },
  {
    sent: 'fields that cannot be honoured',
    change: { vpcId: 2, checkId: 'c1', loadType: 'OLAP' },
    status: 400,
    code: 'COM10003',
  },
]

describe('a create request that is wrong', () => {
  let api: TestApi
  let before: Awaited<ReturnType<TestApi['dump']>>
  beforeAll(async () => {
    api = await openApi()
    await api.reset()
    await addHosts(api.store, 4)
    await api.store.hosts.setStatus(4, 'NEW')
    await api.store.regions.create({ name: 'shanghai' })
    await api.store.idcs.create({ name: 'sh1', regionId: 2 })
    await addMoreHosts(api.store, { count: 1, idcId: 2, network: '10.5' })
    await addMoreHosts(api.store, { count: 1, idcId: 1, network: '10.6' })
    await api.store.hosts.setFacts(6, { architecture: 'aarch64' })
    for (const rpm of [sampleRpm, obproxyRpm, otherRpm, armRpm]) await api.store.packages.create(packageNamed(rpm))
    const proxy = {
      name: 'odp',
      address: '10.0.0.9',
      port: 2883,
      workMode: 'RS_LIST',
      status: 'CREATING',
      creator: 'admin',
      servers: [],
    } as const
    await api.store.obproxy.create(proxy)
    const taken = await api.post('/api/v2/ob/clusters', { ...request, name: 'taken', ...zones({ servers: [3] }) })
    expect(taken.status).toBe(200)
    await api.launcher.settled()
    before = await api.dump()
  })
  afterAll(() => api.close())

  test.each(cases)('$sent: $status $code', async ({ change, status, code, field }) => {
    const reply = await api.post('/api/v2/ob/clusters', { ...request, password: 'Hidden-word-1', ...change })
    expect(reply).toMatchObject({ status, successful: false, error: { code } })
    expect(reply.error?.subErrors?.[0]?.field).toBe(field)
    expect(reply.text).not.toContain('Hidden-word-1')
    expect(await api.dump()).toEqual(before)
  })

  test('several wrong things are all named at once', async () => {
    const { error } = await api.post('/api/v2/ob/clusters', {
      ...request,
      name: 'taken',
      rpmName: 'none.rpm',
      ...zones({ servers: [4, 999] }),
    })
    expect(error?.code).toBe('OBE11014')
    expect(error?.subErrors?.map((each) => each.code ?? error.code)).toEqual(['OBE11014', 'PKG10014', 'CMP07004', 'CMP07005'])
  })

  test('one answer names every field that cannot be honoured', async () => {
    const { error } = await api.post('/api/v2/ob/clusters', {
      ...request,
      vpcId: 2,
      arbitrationServiceId: 1,
      supportObsBackup: true,
    })
    for (const name of ['vpcId', 'arbitrationServiceId', 'supportObsBackup']) expect(error?.message).toContain(name)
  })

  test('the message follows Accept-Language', async () => {
    const chinese = await api.call({
      method: 'POST',
      url: '/api/v2/ob/clusters',
      body: { ...request, name: 'taken' },
      headers: { 'accept-language': 'fr, zh-CN;q=0.9, en;q=0.5' },
    })
    expect(chinese.error?.message).toBe('待创建的集群 taken 已存在')
  })
})

describe('with OCP settings', () => {
  let api: TestApi
  beforeAll(async () => {
    api = await openApi({ errorCodes: 'int', passwordRule: 'ocp4' })
    await api.reset()
  })
  afterAll(() => api.close())

  test.each([
    ['xxxxx', 11029],
    ['abcdefgh1', 11029],
    ['Abcdefg1', 7514],
    ['abc defg1#', 11029],
  ])('the password %s is answered with the number %i', async (password, code) => {
    expect((await api.post('/api/v2/ob/clusters', { ...request, password })).error?.code).toBe(code)
  })
})
