import { once } from 'node:events'
import { mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { hasMoreValues } from '../../src/api/http/validation.ts'
import { withoutStatement } from '../../src/api/http/withoutStatement.ts'
import { sweepUploads } from '../../src/api/packages/receive.ts'
import request from './fixtures/createRequest.json' with { type: 'json' }
import { form, rpmFile } from './rpmFile.ts'
import { basic, openApi, type TestApi } from './server.ts'
import { sign } from './sign.ts'

const json = { 'content-type': 'application/json' }
const regions = '/api/v2/compute/regions'
const clusters = '/api/v2/ob/clusters'
const packages = '/api/v2/software-packages'

let api: TestApi
beforeAll(async () => {
  api = await openApi({ maxPackageBytes: 50_000 })
})
afterAll(() => api.close())
beforeEach(() => api.reset())

/**
 * Processor time that a call took, in milliseconds; unlike the clock it does not grow with the
 * machine's load.
 */
async function cost(work: () => Promise<unknown>): Promise<number> {
  const before = process.cpuUsage()
  await work()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1000
}

describe('a body with more than any call needs', () => {
  const zones = (count: number, servers: readonly unknown[]) =>
    Array.from({ length: count }, (_, index) => ({ name: `zone${index}`, idcName: 'hz2', servers }))

  test.each([
    ['80,000 ids', zones(40, Array(2000).fill(1)), 400],
    ['200,000 ids', zones(64, Array(3125).fill(1)), 413],
    ['20,000 ids', zones(10, Array(2000).fill(1)), 400],
    ['2,001 servers', zones(3, Array(667).fill(1)), 400],
    ['4,000 values of wrong types', zones(2, Array(2000).fill('x')), 400],
    ['20,000 values of wrong types', zones(10, Array(2000).fill(0.5)), 400],
  ])('%s, is refused without holding others up, asked about or not', async (_, zones, status) => {
    for (const url of [clusters, `${clusters}?dryRun=true`]) {
      let reply: Awaited<ReturnType<TestApi['call']>> | undefined
      const spent = await cost(async () => {
        reply = await api.post(url, { ...request, zones })
      })
      expect(reply?.status).toBe(status)
      expect(reply?.text.length).toBeLessThan(50_000)
      // Seconds and minutes, when each value was looked at.
      expect(spent).toBeLessThan(2500)
    }
  })

  test('is refused before its login, and /services takes what a registration needs', async () => {
    const zeros = `{"RsList":[${Array(60_000).fill(0).join()}]}`
    const url = '/services?Action=ObRootServiceInfo&ObCluster=terran'
    expect(
      (await api.app.inject({ method: 'POST', url, headers: json, payload: zeros })).statusCode,
    ).toBe(413)
    const few = `{"RsList":[${Array(10_000).fill(0).join()}]}`
    expect(
      (await api.app.inject({ method: 'POST', url, headers: json, payload: few })).json(),
    ).toMatchObject({ Code: 400 })
    const servers = Array.from({ length: 64 }, (_, index) => ({
      address: `10.200.100.${index}:2882`,
      role: 'FOLLOWER',
      sql_port: 2881,
      timestamp: 1_700_000_000_000_000,
      zone: `zone_with_a_long_name_${index}`,
    }))
    const real = JSON.stringify({
      ObRegion: 'terran',
      ObRegionId: 1,
      RsList: servers,
      Type: 'PRIMARY',
      timestamp: 1,
    })
    expect(
      (await api.app.inject({ method: 'POST', url, headers: json, payload: real })).json(),
    ).toMatchObject({ Code: 404 })
  })

  test('is known by its values, however they are nested', () => {
    expect(hasMoreValues(Array(10).fill([1, 2]), 100)).toBe(false)
    expect(hasMoreValues(Array(40).fill([1, 2]), 100)).toBe(true)
    expect(hasMoreValues(JSON.parse(`${'['.repeat(1000)}${']'.repeat(1000)}`), 100)).toBe(true)
  })
})

describe('a connection', () => {
  const open = async () => {
    const { port } = new URL(await api.app.listen({ port: 0, host: '127.0.0.1' }))
    const socket = connect(Number(port), '127.0.0.1')
    await once(socket, 'connect')
    socket.on('error', () => undefined)
    let said = ''
    socket.on('data', (chunk: Buffer) => {
      said += chunk.toString()
    })
    return { socket, closed: once(socket, 'close'), said: () => said }
  }
  const half = `POST /services?Action=ObRootServiceInfo HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{`

  test('whose body does not come is closed with 408', async () => {
    const { socket, closed, said } = await open()
    vi.useFakeTimers({ toFake: ['setTimeout'] })
    try {
      socket.write(half)
      await vi.waitUntil(() => vi.getTimerCount() > 0)
      vi.advanceTimersByTime(19_000)
      expect(socket.destroyed).toBe(false)
      vi.advanceTimersByTime(2000)
    } finally {
      vi.useRealTimers()
    }
    await closed
    expect(said()).toContain('408')
  })

  test('that holds half a call, half its headers or nothing does not hold a server that stops', async () => {
    const other = await openApi()
    const { port } = new URL(await other.app.listen({ port: 0, host: '127.0.0.1' }))
    const sockets = [half, 'POST /services HTTP/1.1\r\nHost:', ''].map((text) => {
      const socket = connect(Number(port), '127.0.0.1')
      socket.on('error', () => undefined)
      socket.write(text)
      return socket
    })
    await Promise.all(sockets.map((socket) => once(socket, 'connect')))
    await sleep(100)
    const begun = performance.now()
    await other.close()
    expect(performance.now() - begun).toBeLessThan(10_000)
  })
})

describe('an upload', () => {
  const rpm = (payload: number) =>
    rpmFile({ name: 'oceanbase', version: '2.2.73', release: '1.el7', arch: 'x86_64' }, payload)
  const name = 'oceanbase-2.2.73-1.el7.x86_64.rpm'
  const upload = (content: Buffer, headers: Record<string, string> = {}) => {
    const { body, headers: type } = form(name, content)
    return api.call({ method: 'POST', url: packages, body, headers: { ...type, ...headers } })
  }
  const files = () => readdir(api.packagesDir)
  beforeEach(async () => {
    for (const file of await files()) await rm(join(api.packagesDir, file))
  })

  test('that is too large is refused, whatever length it claims, and nothing of it stays', async () => {
    expect(await upload(rpm(60_000))).toMatchObject({ status: 413 })
    expect(await upload(rpm(2_000_000))).toMatchObject({ status: 413 })
    expect(await files()).toEqual([])
    expect((await upload(rpm(40_000))).status).toBe(200)
  })

  test('with further fields in its form is taken', async () => {
    const { body, headers } = form(name, rpm(1000))
    const field =
      '--obflow-test-boundary\r\nContent-Disposition: form-data; name="description"\r\n\r\nours\r\n'
    const whole = Buffer.concat([Buffer.from(field), body])
    expect((await api.call({ method: 'POST', url: packages, body: whole, headers })).status).toBe(
      200,
    )
  })

  test('whose header claims millions of entries is refused at once', async () => {
    const bomb = rpm(0)
    const header = bomb.indexOf(Buffer.from([0x8e, 0xad, 0xe8, 0x01]), 200)
    bomb.writeUInt32BE(5000, header + 8)
    const padded = Buffer.concat([bomb, Buffer.alloc(40_000)])
    expect((await upload(padded)).error?.message).toMatch(/header|bytes/)
    expect(await files()).toEqual([])
  })

  test('that is signed with a key that is not there is refused as one that is signed wrongly', async () => {
    const made = (await api.post('/api/v2/profiles/me/accessKeys', {})).data as {
      accessKeyId: string
      accessKeySecret: string
    }
    const call = (key: typeof made) => {
      const { body, headers } = form(name, rpm(1000))
      const signed = sign(key, {
        method: 'POST',
        url: packages,
        body: Buffer.from('other'),
        contentType: headers['content-type'],
        date: api.clock.now,
      })
      return api.call({ method: 'POST', url: packages, body, headers: signed })
    }
    const [wrong, unknown] = [
      await call(made),
      await call({ ...made, accessKeyId: 'nobodysaccesskey' }),
    ]
    expect(wrong).toMatchObject({ status: 401, error: { code: 'IAM10000' } })
    expect(unknown.error).toEqual(wrong.error)
    expect(await files()).toEqual([])
  })

  test('by a signer without the right to it is refused, and nothing of it stays', async () => {
    const passwordHash = (await api.store.users.byName('admin'))?.passwordHash ?? ''
    await api.store.users.createOnce({
      id: 201,
      username: 'alice',
      passwordHash,
      roles: ['PROFILE', 'HOST_VIEWER'],
    })
    const headers = { authorization: basic('alice', 'admin-password') }
    const key = (await api.call({ method: 'POST', url: '/api/v2/profiles/me/accessKeys', headers }))
      .data as {
      accessKeyId: string
      accessKeySecret: string
    }
    const { body, headers: type } = form(name, rpm(1000))
    const signed = sign(key, {
      method: 'POST',
      url: packages,
      body,
      contentType: type['content-type'],
      date: api.clock.now,
    })
    expect(await api.call({ method: 'POST', url: packages, body, headers: signed })).toMatchObject({
      status: 403,
      error: { code: 'IAM11000' },
    })
    expect(await files()).toEqual([])
  })

  test('that a killed process was taking is removed at the next start; one that is under way is not', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'obflow-sweep-'))
    for (const file of ['old.rpm.part', 'new.rpm.part', 'whole.rpm'])
      await writeFile(join(directory, file), 'x')
    const hourAgo = new Date(Date.now() - 3_600_000)
    for (const file of ['old.rpm.part', 'whole.rpm'])
      await utimes(join(directory, file), hourAgo, hourAgo)
    await sweepUploads(directory)
    expect((await readdir(directory)).sort()).toEqual(['new.rpm.part', 'whole.rpm'])
    await rm(directory, { recursive: true })
    await sweepUploads(directory)
  })
})

describe('calls that race', () => {
  test('do not pass the limit on access keys', async () => {
    const calls = Array.from({ length: 20 }, () => api.post('/api/v2/profiles/me/accessKeys', {}))
    const answers = (await Promise.all(calls)).map(({ status }) => status)
    expect(answers.filter((status) => status === 200)).toHaveLength(10)
    expect(answers.filter((status) => status === 409)).toHaveLength(10)
  })

  test.each(['23505', '23503', '40P01'])(
    'and come second (%s) are 409 and not 500',
    async (code) => {
      vi.spyOn(api.store.regions, 'create').mockRejectedValueOnce(
        new Error('Failed query', { cause: Object.assign(new Error('duplicate key'), { code }) }),
      )
      expect(await api.post(regions, { name: 'hangzhou' })).toMatchObject({
        status: 409,
        error: { code: 'COM10005' },
      })
    },
  )
})

describe('a full disk', () => {
  test.each([
    ['of the database', Object.assign(new Error('could not extend file'), { code: '53100' })],
    [
      'of an upload',
      Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' }),
    ],
    [
      'of PGlite',
      new Error('PANIC: could not write to file "pg_wal/xlogtemp.1": No space left on device'),
    ],
  ])('%s is 503 with the cause', async (_, cause) => {
    vi.spyOn(api.store.regions, 'create').mockRejectedValueOnce(
      new Error('Failed query', { cause }),
    )
    const reply = await api.post(regions, { name: 'hangzhou' })
    expect(reply).toMatchObject({
      status: 503,
      error: { code: 'COM10004', message: expect.stringContaining('no space is left') },
    })
    expect(reply.headers['retry-after']).toBeDefined()
  })
})

test('the log of an error has what the database said, and neither its statement nor its parameters', async () => {
  const error = await api.db
    .execute('select secret_column from nowhere where hash = $1')
    .catch((reason: unknown) => reason)
  const shown = JSON.stringify(withoutStatement(error))
  expect(shown).toContain('nowhere')
  expect(shown).not.toContain('secret_column')
  expect(JSON.stringify(withoutStatement(new Error('plain', { cause: 'x' })))).toContain('plain')
})

describe('who manages users', () => {
  const users = '/api/v2/iam/users'
  const headers = { authorization: basic('manager', 'admin-password') }
  beforeEach(async () => {
    const passwordHash = (await api.store.users.byName('admin'))?.passwordHash ?? ''
    await api.store.users.createOnce({
      id: 300,
      username: 'manager',
      passwordHash,
      roles: ['USER_MANAGER', 'HOST_MANAGER'],
    })
  })
  const make = (roles: readonly string[]) =>
    api.call({
      method: 'POST',
      url: users,
      headers,
      body: { username: `u${roles.length}`, password: 'Change-me-2', roles },
    })
  const give = (id: number, roles: readonly string[]) =>
    api.call({ method: 'PUT', url: `${users}/${id}/roles`, headers, body: { roles } })

  test('gives what it holds, and parts of it', async () => {
    expect((await make(['HOST_VIEWER', 'PACKAGE_MANAGER', 'USER_MANAGER', 'PROFILE'])).status).toBe(
      200,
    )
  })

  test.each(['CLUSTER_MANAGER', 'CLUSTER_VIEWER', 'TASK_MANAGER', 'OBPROXY_VIEWER', 'ADMIN'])(
    'does not give %s',
    async (role) => {
      expect(await make([role])).toMatchObject({ status: 403 })
      expect(await give(300, ['USER_MANAGER', 'HOST_MANAGER', role])).toMatchObject({ status: 403 })
    },
  )

  test('leaves a user what an administrator gave', async () => {
    const passwordHash = (await api.store.users.byName('admin'))?.passwordHash ?? ''
    await api.store.users.createOnce({
      id: 301,
      username: 'bob',
      passwordHash,
      roles: ['TASK_MANAGER'],
    })
    expect((await give(301, ['TASK_MANAGER', 'HOST_VIEWER'])).data).toMatchObject({
      roles: ['TASK_MANAGER', 'HOST_VIEWER'],
    })
    expect((await give(301, [])).status).toBe(200)
  })
})
