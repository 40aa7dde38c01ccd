import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { hashPassword } from '../../src/api/auth/password.ts'
import type { Role } from '../../src/api/auth/permissions.ts'
import { Secret } from '../../src/quote.ts'
import { basic, openApi, type TestApi } from './server.ts'

const credentials = '/api/v2/profiles/me/credentials'
const hosts = '/api/v2/compute/hosts'

describe('a credential', () => {
  let api: TestApi
  let passwordHash: string
  beforeAll(async () => {
    api = await openApi()
    passwordHash = await hashPassword(new Secret('role-password'))
  })
  afterAll(() => api.close())
  beforeEach(async () => {
    await api.reset()
    await api.store.regions.create({ name: 'hangzhou' })
    await api.store.idcs.create({ name: 'hz2', regionId: 1 })
    for (const [username, role] of [
      ['alice', 'HOST_MANAGER'],
      ['eve', 'HOST_MANAGER'],
      ['root', 'ADMIN'],
    ] as const satisfies readonly (readonly [string, Role])[]) {
      await api.store.users.create({ username, roles: [role], passwordHash })
    }
    expect((await as('alice', 'POST', credentials, login)).status).toBe(200)
  })

  const as = (
    username: string,
    method: 'GET' | 'POST' | 'PATCH' | 'DELETE',
    url: string,
    body?: object,
  ) =>
    api.call({
      method,
      url,
      headers: { authorization: basic(username, 'role-password') },
      ...(body && { body }),
    })
  const login = {
    name: 'of alice',
    targetType: 'HOST',
    sshCredentialProperty: { type: 'PASSWORD', username: 'admin', passphrase: 'alices-word' },
  }
  const add = (username: string, innerIpAddress: string, credentialId = 1) =>
    as(username, 'POST', `${hosts}/batchCreate`, {
      hostBasicDataList: [{ innerIpAddress }],
      idcId: 1,
      credentialId,
    })

  // Whoever may choose the address is sent the password: a machine of his own reads it.
  test.each(['eve', 'root'])(
    'is used by its owner for any host, and by %s, another, for none',
    async (other) => {
      const before = await api.dump()
      expect(await add(other, '10.0.0.66')).toMatchObject({
        status: 400,
        error: { code: 'COM10001' },
      })
      expect((await add(other, '10.0.0.66')).error?.message).toContain(
        "alice's and not shared for 10.0.0.66",
      )
      expect(await api.dump()).toEqual(before)
      expect((await add('alice', '10.0.0.1')).status).toBe(200)
      expect((await as(other, 'DELETE', `${hosts}/1`)).status).toBe(409)
    },
  )

  test('is used by others for the addresses that its owner has named, and for those only', async () => {
    const shared = { sharedAddresses: ['10.0.0.1', '10.0.0.2'] }
    expect((await as('eve', 'PATCH', `${credentials}/1`, shared)).status).toBe(404)
    expect((await as('root', 'PATCH', `${credentials}/1`, shared)).status).toBe(403)
    expect((await as('alice', 'PATCH', `${credentials}/1`, shared)).data).toMatchObject({
      owner: 'alice',
      ...shared,
    })
    expect((await add('eve', '10.0.0.1')).status).toBe(200)
    expect((await add('eve', '10.0.0.66')).status).toBe(400)
    expect((await as('alice', 'PATCH', `${credentials}/1`, { sharedAddresses: [] })).status).toBe(
      200,
    )
    expect((await add('eve', '10.0.0.2')).status).toBe(400)
  })

  test('is seen by its owner and an administrator, and changed or deleted by no other', async () => {
    const total = async (username: string) => (await as(username, 'GET', credentials)).data
    expect(await total('alice')).toMatchObject({ page: { totalElements: 1 } })
    expect(await total('eve')).toMatchObject({ page: { totalElements: 0 } })
    expect(await total('root')).toMatchObject({ page: { totalElements: 1 } })
    const change = { sshCredentialProperty: { passphrase: 'another-word' } }
    for (const [method, body] of [['GET'], ['PATCH', change], ['DELETE']] as const) {
      expect((await as('eve', method, `${credentials}/1`, body)).status).toBe(404)
    }
    await as('alice', 'PATCH', `${credentials}/1`, { sharedAddresses: ['10.0.0.1'] })
    for (const [method, body] of [['PATCH', change], ['DELETE']] as const) {
      expect((await as('eve', method, `${credentials}/1`, body)).status).toBe(403)
    }
    expect((await api.store.secrets.get('credential/1')).reveal()).toBe('alices-word')
    expect((await as('root', 'PATCH', `${credentials}/1`, change)).status).toBe(200)
    expect((await as('root', 'DELETE', `${credentials}/1`)).status).toBe(200)
  })

  test('of a host is exchanged for another one that the caller may use there', async () => {
    await add('alice', '10.0.0.1')
    await as('eve', 'POST', credentials, { ...login, name: 'of eve' })
    const exchange = (username: string, credentialId: number, id = 1) =>
      as(username, 'PATCH', `${hosts}/${id}`, { credentialId })
    expect((await exchange('eve', 2)).data).toMatchObject({ id: 1, innerIpAddress: '10.0.0.1' })
    expect((await api.store.hosts.access(1)).login.secret.reveal()).toBe('alices-word')
    expect((await exchange('eve', 1)).status).toBe(400)
    expect((await exchange('eve', 9)).error?.code).toBe('COM10002')
    expect((await exchange('eve', 2, 9)).error?.code).toBe('CMP07005')
    // The first is used by no host any more.
    expect((await as('alice', 'DELETE', `${credentials}/1`)).status).toBe(200)
  })
})
