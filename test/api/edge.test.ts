import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { readConfig } from '../../src/config.ts'
import { addHosts } from '../store/inventory.ts'
import { form } from './rpmFile.ts'
import { openApi, type TestApi } from './server.ts'

const json = { 'content-type': 'application/json' }
const regions = '/api/v2/compute/regions'

let api: TestApi
beforeAll(async () => {
  api = await openApi({ allowedHosts: ['obflow.example'], publicUrl: 'https://ocp.example:8443' })
})
afterAll(() => api.close())
beforeEach(() => api.reset())

/** Each route once, its parameters filled in. */
const urls = (methods: readonly string[]) => {
  const fitting = api.routes.filter(
    ({ method, url }) => methods.includes(method) && url !== '/services',
  )
  return fitting.map(
    ({ method, url }) =>
      ({ method, url: url.replaceAll(/:\w+/g, '1') }) as { method: 'GET' | 'DELETE'; url: string },
  )
}

describe('a query parameter that a call does not know', () => {
  test('is refused by every call that reads no body, and nothing is done', async () => {
    await addHosts(api.store, 1)
    const before = await api.dump()
    for (const { method, url } of urls(['GET', 'DELETE'])) {
      const reply = await api.call({ method, url: `${url}?surprise=true` })
      expect([method, url, reply.status, reply.error?.subErrors?.[0]?.field]).toEqual([
        method,
        url,
        400,
        'surprise',
      ])
    }
    expect(await api.dump()).toEqual(before)
  })

  test.each([
    ['POST', regions, { name: 'hangzhou' }],
    ['POST', '/api/v2/profiles/me/accessKeys', {}],
    ['POST', '/api/v2/tasks/instances/1/retry', {}],
    ['POST', '/api/v2/compute/hosts/batchDelete', { hostIdList: [1] }],
    ['POST', '/api/v2/iam/users', { username: 'alice', password: 'Change-me-2' }],
    ['PUT', '/api/v2/iam/users/100/roles', { roles: ['ADMIN'] }],
  ] as const)('is refused by %s %s', async (method, url, body) => {
    const before = await api.dump()
    const reply = await api.call({ method, url: `${url}?dryRun=perhaps`, body })
    expect(reply).toMatchObject({ status: 400, error: { subErrors: [{ field: 'dryRun' }] } })
    expect(await api.dump()).toEqual(before)
  })

  test('is passed over by /services: observers send parameters that only OCP needs', async () => {
    const reply = await api.app.inject(
      '/services?Action=ObRootServiceInfo&ObCluster=none&User_ID=alibaba&UID=ocpmaster',
    )
    expect(reply.json()).toMatchObject({ Code: 404 })
  })
})

describe('a body', () => {
  test.each([
    ['text/plain', { 'content-type': 'text/plain' }],
    ['a form', { 'content-type': 'application/x-www-form-urlencoded' }],
    ['no type', {}],
  ])('under %s is refused: a page of any site can post it', async (_, headers) => {
    for (const url of [
      regions,
      '/api/v2/profiles/me/accessKeys',
      '/api/v2/tasks/instances/1/rollback',
    ]) {
      const reply = await api.call({
        method: 'POST',
        url,
        headers,
        body: Buffer.from('{"name":"hangzhou"}'),
      })
      expect([url, reply.status]).toEqual([url, 415])
    }
  })

  test('that is a file is refused by calls that take none', async () => {
    const reply = await api.call({
      method: 'POST',
      url: '/api/v2/profiles/me/accessKeys',
      ...form('x', Buffer.from('x')),
    })
    expect(reply.status).toBe(415)
  })

  test('may be empty, under any content type, for every call that reads none', async () => {
    for (const { method, url } of urls(['DELETE'])) {
      for (const headers of [{}, json, { 'content-type': 'text/plain' }]) {
        const reply = await api.call({ method, url, headers })
        expect([method, url, reply.error?.message ?? 'done']).toEqual([
          method,
          url,
          expect.not.stringMatching(/empty|content type/),
        ])
      }
    }
    for (const url of ['/api/v2/nothing', '/api/v2/ob/clusters/takeOver']) {
      const reply = await api.call({ method: 'POST', url, headers: json })
      expect(reply).toMatchObject({ status: 404, error: { code: 'COM10002' } })
    }
  })

  test('that is one text is not sent back: it may be a password', async () => {
    const reply = await api.call({
      method: 'POST',
      url: regions,
      headers: json,
      body: '"Hidden-word-1"',
    })
    expect(reply.status).toBe(400)
    expect(reply.text).not.toContain('Hidden-word-1')
  })
})

describe('a call from a web page', () => {
  const post = (headers: Record<string, string>) =>
    api.call({ method: 'POST', url: regions, body: { name: 'hangzhou' }, headers })

  test.each([
    ['another site', { 'sec-fetch-site': 'cross-site' }],
    ['another port of this host', { 'sec-fetch-site': 'same-site' }],
    ['another origin', { origin: 'http://evil.example' }],
    ['a sandbox', { origin: 'null' }],
  ])('of %s changes nothing', async (_, headers) => {
    expect(await post(headers)).toMatchObject({ status: 403, error: { code: 'COM10003' } })
    expect((await api.get(regions)).data).toMatchObject({ contents: [] })
  })

  test.each([
    ['this origin', { origin: 'http://localhost:80', 'sec-fetch-site': 'same-origin' }],
    ['the public address', { origin: 'https://ocp.example:8443' }],
    ['none: a program calls', {}],
  ])('of %s is let in', async (_, headers) => {
    expect((await post(headers)).status).toBe(200)
  })
})

describe('a host name', () => {
  const under = async (host: string, url = '/healthz') =>
    (await api.app.inject({ url, headers: { host } })).statusCode

  test.each([
    'evil.example',
    'evil.example:8080',
    'localhost.evil.example',
    '127.0.0.1.evil.example',
    'a b',
  ])('%s that is not of this API is refused, also by calls without a login', async (host) => {
    expect(await under(host)).toBe(421)
    expect(await under(host, '/services?Action=ObRootServiceInfo')).toBe(421)
  })

  test.each([
    'localhost',
    'LOCALHOST:80',
    '127.0.0.1:8080',
    '[::1]:8080',
    '10.0.0.9:8080',
    'obflow.example',
    'ocp.example:8443',
  ])('%s is of this API', async (host) => {
    expect(await under(host)).toBe(200)
  })

  test('may be named in OBFLOW_ALLOWED_HOSTS', () => {
    expect(readConfig({ OBFLOW_ALLOWED_HOSTS: 'ocp.example, api' }).allowedHosts).toEqual([
      'ocp.example',
      'api',
    ])
    expect(readConfig({}).allowedHosts).toEqual([])
    expect(() => readConfig({ OBFLOW_ALLOWED_HOSTS: 'http://ocp.example' })).toThrow('host names')
  })
})

test('every answer forbids browsers to keep, sniff, frame or run it', async () => {
  for (const url of [regions, '/healthz', '/api/v2/docs', '/api/v2/nothing']) {
    const { headers } = await api.app.inject({ url })
    expect(headers).toMatchObject({
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'content-security-policy': expect.stringContaining("default-src 'none'"),
    })
  }
})

describe('an id', () => {
  test.each([
    '0x1',
    '1e0',
    '%201',
    '0b1',
    '01',
    '+1',
    '1.0',
    '0',
    '-1',
    '2147483648',
    '99999999999',
  ])('%s is refused, in a path and in a query', async (id) => {
    await addHosts(api.store, 1)
    expect([400, 404]).toContain((await api.get(`/api/v2/compute/hosts/${id}`)).status)
    expect(await api.get(`/api/v2/compute/hosts?idcId=${id}`)).toMatchObject({ status: 400 })
    expect(await api.get(`/api/v2/tasks/instances?hostId=${id}`)).toMatchObject({ status: 400 })
  })

  test.each(['parameterInfo', 'stats', 'NaN'])(
    'that is a word, %s, is a call that is not served',
    async (word) => {
      const reply = await api.get(`/api/v2/ob/clusters/${word}`)
      expect(reply).toMatchObject({ status: 404, error: { code: 'COM10002' } })
      expect(reply.error?.message).toContain(`GET /api/v2/ob/clusters/${word}`)
    },
  )
})

test('a list is sorted by the field asked for, in whatever case it is written', async () => {
  for (const name of ['b', 'a', 'c']) await api.post(regions, { name })
  const namesBy = async (sort: string) =>
    (
      (await api.get(`${regions}?sort=${sort}`)).data as { contents: { name: string }[] }
    ).contents.map(({ name }) => name)
  expect(await namesBy('NAME,ASC')).toEqual(['a', 'b', 'c'])
  expect(await namesBy('Name,desc')).toEqual(['c', 'b', 'a'])
})

test('a rate limit of 0 is none', () => {
  expect(readConfig({ OBFLOW_RATE_LIMIT: '0' }).rateLimits).toEqual([0, 0, 0, 0])
})
