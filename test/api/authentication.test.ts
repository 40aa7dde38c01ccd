import { once } from 'node:events'
import { readdir } from 'node:fs/promises'
import { Agent, type IncomingMessage, request } from 'node:http'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { form, rpmFile } from './rpmFile.ts'
import { basic, openApi, type TestApi } from './server.ts'
import { type AccessKey, sign } from './sign.ts'

const json = 'application/json'
const created = z.strictObject({
  accessKeyId: z.string(),
  accessKeySecret: z.string(),
  createTime: z.string(),
})
const regions = '/api/v2/compute/regions'
const minutes = 60_000

describe('a signed call', () => {
  let api: TestApi
  let key: AccessKey
  beforeAll(async () => {
    api = await openApi()
  })
  afterAll(() => api.close())
  beforeEach(async () => {
    await api.reset()
    key = created.parse((await api.post('/api/v2/profiles/me/accessKeys', {})).data)
  })

  const post = (body: string, signed = body, date = api.clock.now) => {
    const headers = sign(key, {
      method: 'POST',
      url: regions,
      body: Buffer.from(signed),
      contentType: json,
      date,
    })
    return api.call({ method: 'POST', url: regions, body, headers })
  }
  const read = (url: string, signedUrl = url, date = api.clock.now) =>
    api.call({ url, headers: sign(key, { url: signedUrl, date }) })

  test("is its key's owner's", async () => {
    expect((await read('/api/v2/profiles/me')).data).toMatchObject({
      id: 100,
      username: 'admin',
      roles: ['ADMIN'],
    })
    expect((await read(`${regions}?sort=name,asc&size=10`)).status).toBe(200)
  })

  test('has its body verified', async () => {
    expect((await post('{"name":"hangzhou"}')).data).toMatchObject({ name: 'hangzhou' })
    expect(await post('{"name":"shanghai"}', '{"name":"beijing"}')).toMatchObject({
      status: 401,
      error: { code: 'IAM10000' },
    })
    expect((await api.get(regions)).data).toMatchObject({ contents: [{ name: 'hangzhou' }] })
  })

  test('is refused before its body is looked into', async () => {
    expect((await post('{"name":', '{"other":')).error?.code).toBe('IAM10000')
    expect((await post('{"name":')).error?.message).toContain('Malformed JSON')
    expect((await post(JSON.stringify({ name: 'x'.repeat(9_000_000) }))).status).toBe(413)
  })

  test('that is too large is refused, and the next on the same connection is not held up by it', async () => {
    const { port } = new URL(await api.app.listen({ port: 0, host: '127.0.0.1' }))
    const agent = new Agent({ keepAlive: true, maxSockets: 1 })
    const send = async (body: Buffer) => {
      const headers = sign(key, {
        method: 'POST',
        url: regions,
        body,
        contentType: json,
        date: api.clock.now,
      })
      const sent = request({
        agent,
        port,
        host: '127.0.0.1',
        method: 'POST',
        path: regions,
        headers,
      })
      // The server hangs up on what it does not want to read.
      sent.on('error', () => {})
      sent.end(body)
      const [reply]: IncomingMessage[] = await once(sent, 'response')
      for await (const _ of reply ?? []);
      return reply?.statusCode
    }
    expect(await send(Buffer.alloc(9_000_000, ' '))).toBe(413)
    expect(await send(Buffer.from('{"name":"hangzhou"}'))).toBe(200)
    agent.destroy()
  })

  test('is refused for another query', async () => {
    expect((await read(`${regions}?size=20`, `${regions}?size=10`)).status).toBe(401)
  })

  test('is refused when its date is more than 15 minutes off, either way', async () => {
    const at = (offset: number) => new Date(api.clock.now.getTime() + offset)
    for (const offset of [-14 * minutes, 14 * minutes])
      expect((await read(regions, regions, at(offset))).status).toBe(200)
    for (const offset of [-16 * minutes, 16 * minutes])
      expect((await read(regions, regions, at(offset))).status).toBe(401)
    const { date: _, ...undated } = sign(key, { url: regions, date: api.clock.now })
    expect((await api.call({ url: regions, headers: undated })).error?.message).toContain('date')
  })

  test('is refused with a key that is not there, and with one that was removed', async () => {
    const other = { ...key, accessKeyId: 'nobodysaccesskey' }
    expect(
      (
        await api.call({
          url: regions,
          headers: sign(other, { url: regions, date: api.clock.now }),
        })
      ).status,
    ).toBe(401)
    expect((await api.remove(`/api/v2/profiles/me/accessKeys/${key.accessKeyId}`)).status).toBe(200)
    expect((await read(regions)).status).toBe(401)
    expect(await api.dump()).toMatchObject({ access_keys: [], secrets: [] })
  })

  describe('that uploads a package', () => {
    const fileName = 'oceanbase-2.2.73-20201211175814.el7.x86_64.rpm'
    const rpm = rpmFile({
      name: 'oceanbase',
      version: '2.2.73',
      release: '20201211175814.el7',
      arch: 'x86_64',
    })
    const url = '/api/v2/software-packages'
    const upload = (signedBody?: Buffer) => {
      const { body, headers } = form(fileName, rpm)
      const contentType = headers['content-type']
      const signed = sign(key, {
        method: 'POST',
        url,
        body: signedBody ?? body,
        contentType,
        date: api.clock.now,
      })
      return api.call({ method: 'POST', url, body, headers: signed })
    }

    test('has it kept', async () => {
      expect((await upload()).data).toMatchObject({ fileName, size: rpm.length })
    })

    test('leaves nothing behind when the signature is of other bytes', async () => {
      const before = await readdir(api.packagesDir)
      expect((await upload(Buffer.from('other'))).error?.code).toBe('IAM10000')
      expect(await readdir(api.packagesDir)).toEqual(before)
      expect((await api.get(url)).data).toMatchObject({ contents: [] })
    })
  })
})

describe('access keys and passwords', () => {
  let api: TestApi
  beforeAll(async () => {
    api = await openApi()
  })
  afterAll(() => api.close())
  beforeEach(() => api.reset())

  test('the secret of a key is shown once and sealed at rest', async () => {
    const reply = await api.post('/api/v2/profiles/me/accessKeys', {})
    const { accessKeyId, accessKeySecret } = created.parse(reply.data)
    expect(accessKeyId).toMatch(/^[A-Za-z]{16}$/)
    expect(accessKeySecret).toMatch(/^[0-9a-f]{32}$/)
    const list = await api.get('/api/v2/profiles/me/accessKeys')
    expect(list.data).toMatchObject({ contents: [{ accessKeyId }] })
    expect(list.text).not.toContain(accessKeySecret)
    expect(JSON.stringify(await api.dump())).not.toContain(accessKeySecret)
  })

  test('a user has ten keys at most', async () => {
    for (let count = 0; count < 10; count += 1) await api.post('/api/v2/profiles/me/accessKeys', {})
    expect((await api.post('/api/v2/profiles/me/accessKeys', {})).status).toBe(409)
  })

  const change = (currentPassword: string, newPassword: string) =>
    api.post('/api/v2/profiles/me/changePassword', { currentPassword, newPassword })

  test('a changed password counts at once, and the old one no more', async () => {
    expect((await change('admin-password', 'Another-word-1')).status).toBe(200)
    expect((await api.get('/api/v2/profiles/me')).error?.code).toBe('IAM10004')
    const headers = { authorization: basic('admin', 'Another-word-1') }
    expect((await api.call({ url: '/api/v2/profiles/me', headers })).status).toBe(200)
  })

  test('a password is changed by who knows it, to one that keeps the rule', async () => {
    expect((await change('not-it', 'Another-word-1')).error?.code).toBe('IAM10004')
    expect(await change('admin-password', 'short')).toMatchObject({
      status: 400,
      error: { code: 'IAM10009', subErrors: [{ field: 'newPassword' }] },
    })
  })
})
