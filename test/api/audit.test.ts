import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { hashPassword } from '../../src/api/auth/password.ts'
import { Secret } from '../../src/quote.ts'
import { addHosts, packageNamed, sampleRpm } from '../store/inventory.ts'
import request from './fixtures/createRequest.json' with { type: 'json' }
import { basic, openApi, type TestApi } from './server.ts'

const regions = '/api/v2/compute/regions'
const book = '/api/v2/audit'
const viewer = { authorization: basic('viewer', 'Viewers-word-1') }

let api: TestApi
let passwordHash: string
beforeAll(async () => {
  api = await openApi({ temporalUi: 'http://127.0.0.1:8233/namespaces/default' })
  passwordHash = await hashPassword(new Secret('Viewers-word-1'))
})
afterAll(() => api.close())
beforeEach(async () => {
  await api.reset()
  await api.store.users.createOnce({
    id: 202,
    username: 'viewer',
    roles: ['CLUSTER_VIEWER'],
    passwordHash,
  })
})

const calls = async (url = book) => (await api.get(url)).data
const create = async (): Promise<number> => {
  await addHosts(api.store, 1)
  await api.store.packages.create(packageNamed(sampleRpm))
  const one = { ...request, zones: request.zones.slice(0, 1) }
  const { data, status } = await api.post('/api/v2/ob/clusters', one)
  expect(status).toBe(200)
  return (data as { id: number }).id
}

describe('the book of calls', () => {
  test('has who called what from where, with what answer', async () => {
    await api.post(regions, { name: 'hangzhou' })
    expect(await calls()).toMatchObject({
      contents: [
        {
          address: '127.0.0.1',
          call: 'createRegion',
          method: 'POST',
          path: regions,
          status: 200,
          userId: 100,
          username: 'admin',
          traceId: expect.any(String),
        },
      ],
      page: { totalElements: 1 },
    })
  })

  test('has what was refused, and nothing that only reads or is nobody’s', async () => {
    await api.get(regions)
    await api.call({ method: 'POST', url: '/api/v2/ob/clusters?dryRun=true', body: request })
    await api.app.inject({ method: 'POST', url: regions, payload: { name: 'x' } })
    const wrong = { authorization: basic('admin', 'wrong') }
    await api.call({ method: 'POST', url: regions, body: { name: 'x' }, headers: wrong })
    await api.call({ method: 'POST', url: '/api/v2/nothing' })
    expect(await calls()).toMatchObject({ contents: [] })
    await api.call({ method: 'POST', url: regions, body: { name: 'x' }, headers: viewer })
    await api.post(regions, { nam: 'x' })
    expect(await calls()).toMatchObject({
      contents: [
        { username: 'admin', status: 400 },
        { username: 'viewer', status: 403 },
      ],
    })
  })

  test('says what a change of settings or roles was before and after', async () => {
    const { id } = (
      await api.post('/api/v2/iam/users', { username: 'alice', password: 'Hidden-word-1' })
    ).data as { id: number }
    const roles = { method: 'PUT', url: `/api/v2/iam/users/${id}/roles` } as const
    await api.call({ ...roles, body: { roles: ['ADMIN'] } })
    await api.call({ ...roles, body: { roles: ['ADMIN'] }, headers: viewer })
    const login = { type: 'PASSWORD', username: 'root', passphrase: 'Hidden-word-2' }
    const made = await api.post('/api/v2/profiles/me/credentials', {
      targetType: 'HOST',
      name: 'login',
      sshCredentialProperty: login,
    })
    const credential = `/api/v2/profiles/me/credentials/${(made.data as { id: number }).id}`
    await api.call({ method: 'PATCH', url: credential, body: { name: 'key' } })
    await api.remove(`/api/v2/iam/users/${id}`)
    const { contents } = (await calls()) as { contents: { call: string }[] }
    const known = { type: 'PASSWORD', username: 'root', sharedAddresses: [] }
    expect(contents.map(({ call, ...rest }) => ({ call, ...rest }))).toMatchObject([
      { call: 'deleteUser', before: { username: 'alice', roles: ['ADMIN'] } },
      {
        call: 'updateCredential',
        before: { ...known, name: 'login' },
        after: { ...known, name: 'key' },
      },
      { call: 'createCredential', after: { ...known, name: 'login' } },
      { call: 'setUserRoles', status: 403 },
      { call: 'setUserRoles', before: { roles: ['PROFILE'] }, after: { roles: ['ADMIN'] } },
      { call: 'createUser', after: { username: 'alice', roles: ['PROFILE'] } },
    ])
    expect(contents[3]).not.toHaveProperty('after')
    expect(JSON.stringify(contents)).not.toContain('Hidden-word')
  })

  test('holds no password, whatever was sent', async () => {
    await api.post('/api/v2/session', { username: 'admin', password: 'admin-password' })
    const words = { username: 'alice', password: 'Hidden-word-1' }
    await api.post('/api/v2/iam/users?password=Hidden-word-2', words)
    await api.post('/api/v2/iam/users', words)
    expect(await calls()).toMatchObject({
      contents: [{ call: 'createUser' }, { call: 'createUser', status: 400 }, { call: 'login' }],
    })
    expect(JSON.stringify(await api.store.audit.list({}, { page: 1, size: 100 }))).not.toMatch(
      /Hidden-word|admin-password/,
    )
  })

  test('names the task that a call made, and those that it is about', async () => {
    const id = await create()
    await api.call({ method: 'POST', url: `/api/v2/tasks/instances/${id}/retry`, headers: viewer })
    await api.post(regions, { name: 'hangzhou' })
    const ofTask = [
      { call: 'retryTaskInstance', username: 'viewer', status: 403, taskId: id },
      { call: 'createObCluster', username: 'admin', status: 200, taskId: id },
    ]
    expect(await calls(`/api/v2/tasks/instances/${id}/audit`)).toMatchObject({
      contents: ofTask,
      page: { totalElements: 2 },
    })
    expect(await calls(`${book}?taskId=${id}`)).toMatchObject({ contents: ofTask })
    expect(await calls(`${book}?username=viewer`)).toMatchObject({ contents: ofTask.slice(0, 1) })
    expect(await calls(`${book}?size=1&page=3`)).toMatchObject({
      contents: [{ call: 'createObCluster' }],
      page: { totalElements: 3 },
    })
  })

  test('is open to administrators, and the part of a task to who may see the task', async () => {
    const id = await create()
    const as = async (url: string) => (await api.call({ url, headers: viewer })).status
    expect(await as(book)).toBe(403)
    expect(await as(`/api/v2/tasks/instances/${id}/audit`)).toBe(200)
    expect((await api.get('/api/v2/tasks/instances/77/audit')).status).toBe(404)
  })

  test('forgets what is older than it is to keep', async () => {
    await api.post(regions, { name: 'hangzhou' })
    await api.store.audit.sweep(new Date(Date.now() - 60_000))
    expect(await calls()).toMatchObject({ page: { totalElements: 1 } })
    await api.store.audit.sweep(new Date(Date.now() + 60_000))
    expect(await calls()).toMatchObject({ page: { totalElements: 0 } })
  })
})

test('a task and the session say where Temporal’s Web UI is', async () => {
  const id = await create()
  const task = await api.store.tasks.get(id)
  expect((await api.get(`/api/v2/tasks/instances/${id}`)).data).toMatchObject({
    temporalUrl: `http://127.0.0.1:8233/namespaces/default/workflows/${task?.workflowId}`,
  })
  expect((await api.get('/api/v2/session')).data).toMatchObject({
    temporalUi: 'http://127.0.0.1:8233/namespaces/default',
  })
})
