import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { byUrl, created, fill, onHost, openReachable, path } from './obproxyScene.ts'
import type { TestApi } from './server.ts'

const parameters = (name: string, value = '1') => ({ parameters: [{ name, value }] })
const cases: readonly [string, object, number, string, string?][] = [
  ['no name', { name: undefined }, 400, 'COM10001', 'name'],
  ['a name with shell in it', { name: 'o$(reboot)' }, 400, 'COM10001', 'name'],
  ['a name that is taken', { name: 'taken' }, 409, 'COM10006', 'name'],
  ['an unknown field', { colour: 'red' }, 400, 'COM10001', 'colour'],
  ['an unknown work mode', { workMode: 'URL' }, 400, 'COM10001', 'workMode'],
  [
    'what cannot be honoured',
    { workMode: 'OB_SHARDING', installPath: '/opt/odp', runUser: 'odp' },
    400,
    'COM10003',
  ],
  [
    'another user than proxyro',
    { obLinks: [{ clusterName: 'hooray', username: 'root' }] },
    400,
    'COM10003',
  ],
  ['RS_LIST without a cluster', { workMode: 'RS_LIST' }, 400, 'COM10001', 'obLinks'],
  [
    'RS_LIST with two clusters',
    { workMode: 'RS_LIST', obLinks: [{ clusterId: 1 }, { clusterId: 2 }] },
    400,
    'COM10001',
    'obLinks',
  ],
  ['a link that names nothing', { obLinks: [{ obClusterId: 1 }] }, 400, 'COM10001', 'obLinks[0]'],
  [
    'a cluster that is not there',
    { obLinks: [{ clusterName: 'xel' }] },
    404,
    'OBE11002',
    'obLinks[0].clusterName',
  ],
  [
    'a cluster id that is not there',
    { obLinks: [{ clusterId: 9 }] },
    404,
    'OBE11001',
    'obLinks[0].clusterId',
  ],
  [
    'a cluster of another obClusterId',
    { obLinks: [{ clusterName: 'hooray', obClusterId: 7 }] },
    404,
    'OBE11002',
    'obLinks[0].clusterName',
  ],
  [
    'a cluster twice',
    { obLinks: [{ clusterId: 1 }, { clusterName: 'hooray' }] },
    400,
    'COM10001',
    'obLinks[1].clusterName',
  ],
  [
    'a cluster too new for the proxy',
    { ...onHost({ version: '3.2.3-2' }), obLinks: [{ clusterId: 2 }] },
    400,
    'ODP21110',
    'obLinks[0].clusterName',
  ],
  [
    'a version that was not uploaded',
    onHost({ version: '4.3' }),
    404,
    'PKG10014',
    'obproxyInstallParam.version',
  ],
  [
    'a host that is not there',
    onHost({ hostIds: [99] }),
    404,
    'CMP07005',
    'obproxyInstallParam.hostIds[0]',
  ],
  ['a host in use', onHost({ hostIds: [1] }), 409, 'CMP07004', 'obproxyInstallParam.hostIds[0]'],
  ['a host twice', onHost({ hostIds: [3, 3] }), 400, 'CMP07010', 'obproxyInstallParam.hostIds[1]'],
  [
    'hosts of two architectures',
    onHost({ hostIds: [3, 6] }),
    400,
    'CMP07018',
    'obproxyInstallParam.hostIds[1]',
  ],
  [
    'one port twice',
    onHost({ sqlPort: 2884 }),
    400,
    'COM10001',
    'obproxyInstallParam.exporterPort',
  ],
  [
    'two exporter ports',
    onHost({ exporterPort: 2884, exportPort: 2999 }),
    400,
    'COM10001',
    'obproxyInstallParam.exporterPort',
  ],
  [
    'a port that is too low',
    onHost({ sqlPort: 80 }),
    400,
    'COM10001',
    'obproxyInstallParam.sqlPort',
  ],
  [
    'a password among the parameters',
    parameters('observer_sys_password'),
    400,
    'COM10001',
    'parameters[0].name',
  ],
  [
    'a parameter that the request owns',
    parameters('listen_port'),
    400,
    'COM10001',
    'parameters[0].name',
  ],
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
    expect(await api.post(`${path}/1/obLinks/batchAdd`, links)).toMatchObject({
      status,
      error: { code },
    })
    expect(await api.dump()).toEqual(before)
  })
})
