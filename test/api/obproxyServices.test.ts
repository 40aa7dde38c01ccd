import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { addHosts, packageNamed } from '../store/inventory.ts'
import { byUrl, created, fill, newProxy, onHost, openReachable, path } from './obproxyScene.ts'
import { openApi, type TestApi } from './server.ts'

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
  expect(reply).toMatchObject({
    status: 400,
    error: { code: 'COM10003', message: expect.stringContaining('OBFLOW_PUBLIC_URL') },
  })
  // Start options of a proxy stand between commas.
  const smuggled = await api.call({
    method: 'POST',
    url: path,
    body: { ...byUrl, ...onHost() },
    headers: { host: 'a,b=c:8080' },
  })
  expect(smuggled).toMatchObject({ status: 421, error: { code: 'COM10003' } })
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
    const reply = await api.app.inject({
      method,
      url: `/services?${query}`,
      ...(body && { payload: body }),
    })
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
      const answer = await services(
        `Action=ObRootServiceInfo&User_ID=alibaba&UID=ocpmaster&${query}`,
      )
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
    expect(
      (await services('Action=ObRootServiceInfo&ObCluster=hooray&version=2')).Data,
    ).toMatchObject([{ ObRegion: 'hooray' }])
  })

  test('the configuration of a proxy names the clusters it is linked to, of all proxies all clusters', async () => {
    const url =
      'http://10.0.0.9:8080/services?Action=ObRootServiceInfo&User_ID=alibaba&UID=ocpmaster&ObRegion='
    const own = await services(
      'Action=GetObProxyConfig&User_ID=alibaba&UID=admin&ObproxyClusterName=odp',
    )
    expect(own).toMatchObject({
      Success: true,
      Data: {
        ObRootServiceInfoUrlList: [{ ObRegion: 'hooray', ObRootServiceInfoUrl: `${url}hooray` }],
        Version: expect.stringMatching(/^[0-9a-f]{32}$/),
      },
    })
    expect(
      (await services('Action=GetObProxyConfig&ObproxyClusterName=odp&VersionOnly=true')).Data,
    ).toEqual({
      Version: own.Data.Version,
    })
    const all = await services('Action=GetObProxyConfig')
    expect(
      all.Data.ObRootServiceInfoUrlList.map((entry: { ObRegion: string }) => entry.ObRegion),
    ).toEqual(['hooray', 'zerg'])
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

  const asked = '/services?Action=ObRootServiceInfo&ObRegion='
  test.each([
    ['a parameter that cannot be stored', { url: `${asked}%00` }, 400],
    ['a body that is no JSON', { url: `${asked}hooray`, method: 'POST', payload: '{' }, 400],
    [
      'a body that is too large',
      { url: `${asked}hooray`, method: 'POST', payload: `"${'x'.repeat(40_000)}"` },
      413,
    ],
    ['a host name of others', { url: `${asked}hooray`, headers: { host: 'evil.example' } }, 421],
  ] as const)('%s is refused in their own form too', async (_, { url, ...request }, status) => {
    const headers = {
      'content-type': 'application/json',
      ...('headers' in request && request.headers),
    }
    const reply = await api.app.inject({ method: 'GET', url, ...request, headers })
    expect({ status: reply.statusCode, ...reply.json() }).toEqual({
      status,
      Code: status,
      Cost: expect.any(Number),
      Message: expect.any(String),
      Server: expect.any(String),
      Success: false,
      Trace: expect.any(String),
    })
  })

  test('an observer of ours that registers is heard and a stranger is not; neither changes anything', async () => {
    const before = await api.dump()
    const told = (address: string) => ({ RsList: [{ address, role: 'LEADER', sql_port: 2881 }] })
    const query = 'Action=ObRootServiceInfo&ObCluster=hooray&ObClusterId=1'
    expect(await services(query, told('10.0.0.1:2882'))).toMatchObject({
      Code: 200,
      Data: 'successful',
    })
    expect((await services(query, told('10.66.6.6:2882'))).status).toBe(404)
    expect((await services(query, { RsList: 'me' })).status).toBe(400)
    expect(await api.dump()).toEqual(before)
  })
})
