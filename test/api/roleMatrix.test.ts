import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Declared } from '../../src/api/auth/authentication.ts'
import { hashPassword } from '../../src/api/auth/password.ts'
import { type Permission, type Role, roleNames } from '../../src/api/auth/permissions.ts'
import { Secret } from '../../src/quote.ts'
import { basic, openApi, type TestApi } from './server.ts'

const words: Readonly<Record<string, readonly string[]>> = {
  R: ['READ'],
  W: ['READ', 'CREATE', 'UPDATE', 'DELETE'],
}

/**
 * OCP's table of roles, written down a second time and in another form: R reads, W does everything.
 * What is not named here is refused. Source: OCP 3.x documents, appendix "OCP default roles".
 */
const table: Readonly<Record<Role, string>> = {
  ADMIN: 'AUDIT=W CLUSTER=W HOST=W OBPROXY=W PACKAGE=W PROFILE=W ROLE=W TASK=W USER=W',
  CLUSTER_MANAGER: 'CLUSTER=W HOST=W OBPROXY=W PACKAGE=W TASK=W USER=R',
  CLUSTER_VIEWER: 'CLUSTER=R HOST=R OBPROXY=R PACKAGE=R TASK=R',
  HOST_MANAGER: 'HOST=W PACKAGE=W',
  HOST_VIEWER: 'HOST=R PACKAGE=R',
  OBPROXY_MANAGER: 'OBPROXY=W PACKAGE=W CLUSTER=R HOST=R',
  OBPROXY_VIEWER: 'OBPROXY=R PACKAGE=R CLUSTER=R HOST=R',
  PACKAGE_MANAGER: 'PACKAGE=W',
  PACKAGE_VIEWER: 'PACKAGE=R',
  PROFILE: 'PROFILE=W',
  TASK_MANAGER: 'TASK=W',
  TASK_VIEWER: 'TASK=R',
  USER_MANAGER: 'USER=W ROLE=R',
}

const may = (role: Role): ReadonlySet<string> =>
  new Set(
    table[role].split(' ').flatMap((entry) => {
      const [resource = '', letter = ''] = entry.split('=')
      return (words[letter] ?? []).map((action) => `${resource}:*:${action}`)
    }),
  )

/**
 * What a permission must look like for a route: reading asks for READ and nothing else does; OCP
 * posts to download.
 */
const readsOnly = ({ method, url, permission }: Declared): boolean =>
  method === 'GET' ||
  method === 'HEAD' ||
  url.endsWith('/downloadDiagnosis') ||
  !permission.endsWith(':READ')

const open = ({ permission }: { readonly permission: Permission }): boolean => permission === 'OPEN'

describe('roles and calls', () => {
  let api: TestApi
  beforeAll(async () => {
    api = await openApi()
    await api.reset()
    const passwordHash = await hashPassword(new Secret('role-password'))
    for (const [index, role] of ([...roleNames, undefined] as const).entries()) {
      const username = role ?? 'NONE'
      await api.store.users.createOnce({
        id: 1000 + index,
        username,
        roles: role ? [role] : [],
        passwordHash,
      })
    }
  })
  afterAll(() => api.close())

  /** Each route called with nothing that could be acted on: ids that are not there, no body. */
  const statuses = async (username: string | undefined): Promise<Map<Declared, number>> => {
    const headers =
      username === undefined ? {} : { authorization: basic(username, 'role-password') }
    const answers = new Map<Declared, number>()
    for (const route of api.routes) {
      const url = route.url.replaceAll(/:\w+/g, '2000000000')
      const method = route.method as 'GET'
      answers.set(route, (await api.app.inject({ method, url, headers })).statusCode)
    }
    return answers
  }
  const named = (routes: Iterable<Declared>) =>
    [...routes].map(({ method, url }) => `${method} ${url}`).sort()
  const refusedIn = (answers: Map<Declared, number>, status: number) =>
    named([...answers].filter(([, each]) => each === status).map(([route]) => route))

  test('every route that changes something asks for more than reading', () => {
    expect(api.routes.length).toBeGreaterThan(40)
    expect(named(api.routes.filter((route) => !readsOnly(route)))).toEqual([])
  })

  test('nobody who is not known gets anywhere, except where all may', async () => {
    expect(refusedIn(await statuses(undefined), 401)).toEqual(
      named(api.routes.filter((route) => !open(route))),
    )
  })

  // Observers and proxies have no login: `/services` tells them where root servers are, and stores
  // nothing.
  test('only what is open or said of this system itself is without a permission', () => {
    const free = api.routes.filter(
      ({ method, permission }) => method !== 'HEAD' && !permission.includes(':*:'),
    )
    expect(named(free)).toEqual([
      'DELETE /api/v2/session',
      'GET /api/status',
      'GET /api/v2/docs',
      'GET /api/v2/docs/codes',
      'GET /api/v2/info',
      'GET /api/v2/openapi.json',
      'GET /api/v2/session',
      'GET /api/v2/time',
      'GET /healthz',
      'GET /readyz',
      'GET /services',
      'POST /api/v2/session',
      'POST /services',
    ])
  })

  test('a user without a role gets nowhere', async () => {
    expect(refusedIn(await statuses('NONE'), 403)).toEqual(
      named(api.routes.filter(({ permission }) => permission.includes(':*:'))),
    )
  })

  test.each(roleNames)(
    '%s reaches what its line of the table allows and nothing else',
    async (role) => {
      const allowed = may(role)
      const refused = api.routes.filter(
        ({ permission }) => permission.includes(':*:') && !allowed.has(permission),
      )
      const answers = await statuses(role)
      expect(refusedIn(answers, 403)).toEqual(named(refused))
      expect(refusedIn(answers, 401)).toEqual([])
    },
  )
})

describe('who manages users', () => {
  let api: TestApi
  beforeAll(async () => {
    api = await openApi()
    await api.reset()
    const passwordHash = await hashPassword(new Secret('role-password'))
    await api.store.users.createOnce({
      id: 1000,
      username: 'manager',
      roles: ['USER_MANAGER', 'CLUSTER_VIEWER'],
      passwordHash,
    })
  })
  afterAll(() => api.close())

  const headers = { authorization: basic('manager', 'role-password') }
  const asManager = (method: 'POST' | 'PUT' | 'DELETE', url: string, body?: object) =>
    api.call({ method, url, headers, ...(body && { body }) })
  const users = '/api/v2/iam/users'
  const newUser = (username: string, roles: string[]) => ({
    username,
    password: 'New-users-word-1',
    roles,
  })

  test('makes, changes and removes users', async () => {
    const made = await asManager('POST', users, newUser('bob', ['CLUSTER_VIEWER']))
    expect(made.data).toMatchObject({
      id: 201,
      username: 'bob',
      roles: ['CLUSTER_VIEWER', 'PROFILE'],
    })
    const asBob = { authorization: basic('bob', 'New-users-word-1') }
    expect((await api.call({ url: '/api/v2/ob/clusters', headers: asBob })).status).toBe(200)
    expect(
      (await asManager('PUT', `${users}/201/roles`, { roles: ['HOST_VIEWER'] })).data,
    ).toMatchObject({
      roles: ['HOST_VIEWER'],
    })
    expect((await api.call({ url: '/api/v2/ob/clusters', headers: asBob })).error?.code).toBe(
      'IAM11000',
    )
    expect((await asManager('DELETE', `${users}/201`)).status).toBe(200)
    expect((await api.call({ url: '/api/v2/compute/hosts', headers: asBob })).status).toBe(401)
  })

  test.each([
    ['giving a new user the role', 'POST', users, newUser('eve', ['ADMIN'])],
    ['giving oneself the role', 'PUT', `${users}/1000/roles`, { roles: ['ADMIN', 'USER_MANAGER'] }],
    ['taking the role from admin', 'PUT', `${users}/100/roles`, { roles: ['HOST_VIEWER'] }],
    ['removing admin', 'DELETE', `${users}/100`, undefined],
  ] as const)('does not become an administrator by %s', async (_, method, url, body) => {
    const before = await api.dump()
    expect(await asManager(method, url, body)).toMatchObject({
      status: 403,
      error: { code: 'IAM11000' },
    })
    expect((await api.dump()).users).toEqual(before.users)
  })

  test('cannot take a name twice, nor give a weak password or a role that is not there', async () => {
    expect((await asManager('POST', users, newUser('manager', []))).error?.code).toBe('COM10006')
    expect(
      (await asManager('POST', users, { ...newUser('weak', []), password: 'weakpass' })).error
        ?.code,
    ).toBe('IAM10009')
    expect((await asManager('POST', users, newUser('odd', ['KING']))).error?.code).toBe('COM10001')
  })

  test('admin always is, with its role', async () => {
    expect((await api.remove(`${users}/100`)).error?.code).toBe('COM10005')
    expect(
      (await api.call({ method: 'PUT', url: `${users}/100/roles`, body: { roles: [] } })).error
        ?.code,
    ).toBe('COM10005')
  })
})
