import { createHash } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { hashPassword } from '../../src/api/auth/password.ts'
import { Secret } from '../../src/quote.ts'
import { basic, openApi, type TestApi } from './server.ts'

const path = '/api/v2/session'
const regions = '/api/v2/compute/regions'
const page = { 'sec-fetch-site': 'same-origin' }
const minutes = 60_000
const start = new Date('2026-01-02T03:04:05Z')

let api: TestApi
let passwordHash: string
beforeAll(async () => {
  api = await openApi({ trustedProxies: '10.9.9.9' })
  passwordHash = await hashPassword(new Secret('Alices-word-1'))
})
afterAll(() => api.close())
beforeEach(async () => {
  await api.reset()
  api.clock.now = start
  await api.store.users.createOnce({
    id: 201,
    username: 'alice',
    roles: ['CLUSTER_VIEWER', 'PROFILE'],
    passwordHash,
  })
})

const later = (ms: number) => {
  api.clock.now = new Date(api.clock.now.getTime() + ms)
}

interface Asked {
  readonly method?: 'GET' | 'POST' | 'DELETE'
  readonly url?: string
  readonly cookie?: string | undefined
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: object
  readonly from?: string
}

/** A call as a browser makes it: with a cookie, and without a header of its own. */
async function ask({ method = 'GET', url = path, cookie, headers = page, body, from }: Asked = {}) {
  const reply = await api.app.inject({
    method,
    url,
    headers: { ...headers, ...(cookie !== undefined && { cookie }) },
    ...(body && { payload: body }),
    ...(from !== undefined && { remoteAddress: from }),
  })
  return {
    status: reply.statusCode,
    headers: reply.headers,
    body: reply.json(),
    set: reply.cookies,
  }
}

const logIn = (change: Asked & { readonly password?: string; readonly username?: string } = {}) => {
  const { username = 'alice', password = 'Alices-word-1', ...rest } = change
  return ask({ method: 'POST', body: { username, password }, ...rest })
}
const cookieOf = async (change?: Parameters<typeof logIn>[0]): Promise<string> => {
  const { set, status } = await logIn(change)
  expect(status).toBe(200)
  return `${set[0]?.name}=${set[0]?.value}`
}
const statusOf = async (cookie: string, url = path) => (await ask({ cookie, url })).status

describe('a login by form', () => {
  test('answers with the user and what the user may do, and sets a cookie that no script reads', async () => {
    const { body, set } = await logIn()
    expect(body.data).toMatchObject({
      user: { id: 201, username: 'alice', roles: ['CLUSTER_VIEWER', 'PROFILE'] },
      idleTimeout: 1800,
    })
    expect(Date.parse(body.data.expireTime)).toBe(start.getTime() + 12 * 60 * minutes)
    expect(body.data.permissions).toEqual([
      'CLUSTER:*:READ',
      'HOST:*:READ',
      'OBPROXY:*:READ',
      'PACKAGE:*:READ',
      'PROFILE:*:READ',
      'PROFILE:*:CREATE',
      'PROFILE:*:UPDATE',
      'PROFILE:*:DELETE',
      'TASK:*:READ',
    ])
    expect(set).toEqual([
      {
        name: 'obflow_session',
        value: expect.stringMatching(/^[\w-]{43}$/),
        path: '/',
        httpOnly: true,
        sameSite: 'Strict',
      },
    ])
    expect((await ask({ cookie: `obflow_session=${set[0]?.value}` })).body.data).toEqual(body.data)
  })

  test('opens what the user may do and nothing else, and its roles are those of now', async () => {
    const cookie = await cookieOf()
    expect(await statusOf(cookie, '/api/v2/ob/clusters')).toBe(200)
    expect(await statusOf(cookie, '/api/v2/iam/users')).toBe(403)
    await api.store.users.setRoles(201, ['USER_MANAGER'])
    expect(await statusOf(cookie, '/api/v2/ob/clusters')).toBe(403)
    expect(await statusOf(cookie, '/api/v2/iam/users')).toBe(200)
  })

  test('leaves no token in the store, only its hash', async () => {
    const cookie = await cookieOf()
    const token = cookie.split('=')[1] ?? ''
    const dump = JSON.stringify(await api.dump())
    expect(dump).not.toContain(token)
    expect(dump).toContain(createHash('sha256').update(token).digest('base64url'))
  })

  test('counts wrong passwords like every login, and says how many seconds to wait', async () => {
    const from = '10.0.0.66'
    for (let left = 4; left >= 0; left -= 1)
      expect((await logIn({ from, password: 'wrong' })).body.error).toMatchObject({
        code: 'IAM10004',
        message: expect.stringContaining(`${left}`),
      })
    const { status, headers, body } = await logIn({ from })
    expect(status).toBe(401)
    expect(body.error.code).toBe('IAM10007')
    expect(headers['retry-after']).toBe(String(30 * 60))
    expect(headers['set-cookie']).toBeUndefined()
    const authorization = basic('alice', 'Alices-word-1')
    expect((await ask({ from, headers: { authorization } })).body.error.code).toBe('IAM10007')
  })

  test.each([
    ['no name', { password: 'x' }],
    ['a form that is none', 'a text'],
    ['a field more', { username: 'alice', password: 'Alices-word-1', roles: ['ADMIN'] }],
  ])('with %s is refused, and the password is not sent back', async (_, body) => {
    const reply = await api.app.inject({ method: 'POST', url: path, payload: body })
    expect([400, 415]).toContain(reply.statusCode)
    expect(reply.body).not.toContain('Alices-word-1')
  })

  test.each([
    ['TLS at a trusted proxy', '10.9.9.9', { 'x-forwarded-proto': 'https' }, true],
    ['a trusted proxy that does not say', '10.9.9.9', {}, true],
    ['a trusted proxy without TLS', '10.9.9.9', { 'x-forwarded-proto': 'http' }, undefined],
    ['whoever says it was TLS', '10.0.0.3', { 'x-forwarded-proto': 'https' }, undefined],
  ])('by %s sets Secure as it should', async (_, from, proto, secure) => {
    const headers = { ...page, 'x-forwarded-for': '10.0.0.7', ...proto }
    const [set] = (await logIn({ from, headers })).set
    expect(set?.secure).toBe(secure)
    // A browser takes this name from the host itself only, not from its siblings.
    expect(set?.name).toBe(secure ? '__Host-obflow_session' : 'obflow_session')
    const cookie = `${set?.name}=${set?.value}`
    expect((await ask({ from, headers, cookie })).status).toBe(200)
    const siblings = `obflow_session=${set?.value}`
    expect((await ask({ from, headers, cookie: siblings })).status).toBe(secure ? 401 : 200)
    expect((await ask({ from, headers, cookie, method: 'DELETE' })).set[0]?.name).toBe(set?.name)
  })
})

describe('a session ends', () => {
  test('when it is not used for half an hour', async () => {
    const cookie = await cookieOf()
    for (let each = 0; each < 3; each += 1) {
      later(28 * minutes)
      expect(await statusOf(cookie)).toBe(200)
    }
    later(30 * minutes)
    expect((await ask({ cookie })).body.error).toMatchObject({ code: 'IAM10000' })
  })

  test('after 12 hours however much it is used', async () => {
    const cookie = await cookieOf()
    for (let passed = 20; passed < 12 * 60; passed += 20) {
      later(20 * minutes)
      expect(await statusOf(cookie)).toBe(200)
    }
    later(20 * minutes)
    expect(await statusOf(cookie)).toBe(401)
  })

  test('by logging out: the token is worth nothing afterwards, others go on', async () => {
    const cookie = await cookieOf()
    const other = await cookieOf()
    const { status, set } = await ask({ method: 'DELETE', cookie })
    expect(status).toBe(200)
    expect(set).toMatchObject([{ name: 'obflow_session', value: '', path: '/', maxAge: 0 }])
    expect(await statusOf(cookie)).toBe(401)
    expect((await ask({ method: 'DELETE', cookie })).status).toBe(401)
    expect(await statusOf(other)).toBe(200)
  })

  test('when the password is changed, all of that user and none of others', async () => {
    const [mine, mineToo, others] = [
      await cookieOf(),
      await cookieOf(),
      await cookieOf({ username: 'admin', password: 'admin-password' }),
    ]
    const changed = await ask({
      method: 'POST',
      url: '/api/v2/profiles/me/changePassword',
      cookie: mine,
      body: { currentPassword: 'Alices-word-1', newPassword: 'Alices-word-2' },
    })
    expect(changed.status).toBe(200)
    expect([await statusOf(mine), await statusOf(mineToo), await statusOf(others)]).toEqual([
      401, 401, 200,
    ])
  })

  test('when the user is removed', async () => {
    const cookie = await cookieOf()
    expect((await api.remove('/api/v2/iam/users/201')).status).toBe(200)
    expect(await statusOf(cookie)).toBe(401)
  })

  test('when the password changes while the login is checked: no session begins', async () => {
    const user = await api.store.users.byName('alice')
    await api.store.users.setPasswordHash(201, 'another')
    const epoch = new Date(0)
    const made = api.store.sessions.create(
      { tokenHash: 'x', user: user ?? { id: 0, passwordHash: '' }, now: start },
      { begunAfter: epoch, usedAfter: epoch },
    )
    expect(await made).toBe(false)
    expect((await api.dump()).sessions).toEqual([])
  })

  test('when 50 newer ones of the user are there, and what is over leaves no row', async () => {
    const first = await cookieOf()
    for (let each = 0; each < 50; each += 1) {
      later(1000)
      await cookieOf()
    }
    expect(await statusOf(first)).toBe(401)
    expect((await api.dump()).sessions).toHaveLength(50)
    later(31 * minutes)
    await cookieOf()
    expect((await api.dump()).sessions).toHaveLength(1)
  })
})

describe('an attacker', () => {
  test('cannot fix a session: a token that came with the login is not taken over, and ends', async () => {
    const planted = 'obflow_session=planted-by-another-page-0123456789abcdefghi'
    const fresh = await cookieOf({ cookie: planted })
    expect(fresh).not.toBe(planted)
    expect(await statusOf(planted)).toBe(401)
    const again = await cookieOf({ cookie: fresh })
    expect(await statusOf(fresh)).toBe(401)
    expect(await statusOf(again)).toBe(200)
  })

  test.each([
    ['before', (own: string, eves: string) => `${eves}; ${own}`],
    ['behind', (own: string, eves: string) => `${own}; ${eves}`],
    ['with a space', (own: string, eves: string) => `${own};${eves.replace('=', ' =')}`],
  ])(
    "does not have somebody work under the attacker's session, planted %s the own one",
    async (_, both) => {
      const own = await cookieOf()
      const eves = await cookieOf({ username: 'admin', password: 'admin-password' })
      const cookie = both(own, eves)
      expect((await ask({ cookie })).body.error).toMatchObject({
        code: 'IAM10000',
        message: expect.stringContaining('two sessions'),
      })
      expect((await logIn({ cookie })).status).toBe(401)
      expect([await statusOf(own), await statusOf(eves)]).toEqual([200, 200])
    },
  )

  test.each([
    ['of another site', { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' }],
    ['of another port of this host', { 'sec-fetch-site': 'same-site' }],
    ['of an old browser at another origin', { origin: 'http://evil.example' }],
    ['that says nothing of itself', {}],
  ])('on a page %s changes nothing with the cookie', async (_, headers) => {
    const cookie = await cookieOf({ username: 'admin', password: 'admin-password' })
    const before = (await api.dump()).regions
    const make = { method: 'POST', url: regions, cookie, body: { name: 'hangzhou' } } as const
    expect((await ask({ ...make, headers })).status).toBe(403)
    expect((await ask({ method: 'DELETE', cookie, headers })).status).toBe(403)
    expect((await api.dump()).regions).toEqual(before)
    expect((await ask({ ...make, headers: { origin: 'http://localhost:80' } })).status).toBe(200)
  })

  test.each([
    ['of another port of this host', { 'sec-fetch-site': 'same-site', 'sec-fetch-mode': 'cors' }],
    [
      'in a frame',
      { 'sec-fetch-site': 'same-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'iframe' },
    ],
    ['that follows a task', { origin: 'http://evil.example', accept: 'text/event-stream' }],
  ])('on a page %s is given no answer to measure with the cookie', async (_, headers) => {
    const cookie = await cookieOf({ username: 'admin', password: 'admin-password' })
    for (const url of [path, '/api/v2/ob/clusters', '/api/v2/tasks/instances/1/events'])
      expect((await ask({ cookie, url, headers })).status).toBe(403)
    const open = await api.app.inject({ url: '/healthz', headers })
    expect(open.statusCode).toBe(200)
    const link = {
      'sec-fetch-site': 'cross-site',
      'sec-fetch-mode': 'navigate',
      'sec-fetch-dest': 'document',
    }
    expect((await ask({ cookie, headers: link })).status).toBe(200)
  })

  test('on a foreign page logs nobody in', async () => {
    const { status, set } = await logIn({ headers: { origin: 'http://evil.example' } })
    expect([status, set]).toEqual([403, []])
  })

  test.each([
    ['a made-up token', 'obflow_session=abc'],
    ['an empty token', 'obflow_session='],
    ['a token with a NUL', 'obflow_session=a%00b'],
    ['the hash out of the store', ''],
  ])('gets nowhere with %s', async (_, given) => {
    await cookieOf()
    const [row] = await api.db.query.sessions.findMany()
    const cookie = given === '' ? `obflow_session=${row?.tokenHash}` : given
    expect(await statusOf(cookie)).toBe(401)
  })
})

describe('an Authorization header', () => {
  test('wins over a cookie, also when it is wrong', async () => {
    const cookie = await cookieOf()
    const asAdmin = { ...page, authorization: basic('admin', 'admin-password') }
    expect((await ask({ cookie, headers: asAdmin })).body.data.user.username).toBe('admin')
    for (const authorization of [basic('admin', 'wrong'), 'Bearer x', ''])
      expect((await ask({ cookie, headers: { ...page, authorization } })).status).toBe(401)
  })

  test('may come without Origin, and tells of no end', async () => {
    const headers = { authorization: basic('admin', 'admin-password') }
    const made = await ask({ method: 'POST', url: regions, headers, body: { name: 'hangzhou' } })
    expect(made.status).toBe(200)
    const { data } = (await ask({ headers })).body
    expect(data).not.toHaveProperty('expireTime')
    expect(data).not.toHaveProperty('idleTimeout')
    expect((await ask({ method: 'DELETE', headers })).status).toBe(200)
  })

  test.each([
    ['a fetch of a page', page, undefined],
    ['a page on plain HTTP', { 'x-requested-with': 'obflow' }, undefined],
    ['an EventSource', { accept: 'text/event-stream' }, undefined],
    ['a program', {}, 'Basic realm="obflow", charset="UTF-8"'],
    [
      'somebody who goes to an address of the API',
      { 'sec-fetch-site': 'none', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' },
      'Basic realm="obflow", charset="UTF-8"',
    ],
  ])('is asked for of %s as it should be', async (_, headers, challenge) => {
    const reply = await ask({ headers })
    expect([reply.status, reply.headers['www-authenticate']]).toEqual([401, challenge])
  })
})
