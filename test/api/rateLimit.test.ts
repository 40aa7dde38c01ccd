import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { readConfig } from '../../src/config.ts'
import { openApi, type TestApi } from './server.ts'

const call = { url: '/api/v2/compute/regions' }

describe('the rate limit', () => {
  let api: TestApi
  beforeAll(async () => {
    api = await openApi({ rateLimits: [3, 5, 0, 0], errorCodes: 'int' })
  })
  afterAll(() => api.close())
  beforeEach(async () => {
    await api.reset()
    later(3600)
  })

  const later = (seconds: number) => {
    api.clock.now = new Date(api.clock.now.getTime() + seconds * 1000)
  }
  const limits = async () => {
    const { status, headers } = await api.call(call)
    return [
      status,
      ...['limit', 'remaining', 'reset'].map((name) => Number(headers[`ratelimit-${name}`])),
    ]
  }

  test('tells of the window with the least left, and ends with it', async () => {
    expect(await limits()).toEqual([200, 3, 2, 10])
    later(4)
    expect(await limits()).toEqual([200, 3, 1, 6])
    expect(await limits()).toEqual([200, 3, 0, 6])
    expect(await limits()).toEqual([429, 3, 0, 6])
    later(6)
    // Four calls are counted in this minute by now: one is left of its five.
    expect(await limits()).toEqual([200, 5, 0, 50])
    expect(await limits()).toEqual([429, 5, 0, 50])
    later(50)
    expect(await limits()).toEqual([200, 3, 2, 10])
  })

  test("refuses in OCP's form, in the caller's language", async () => {
    for (let count = 0; count < 3; count += 1) await api.call(call)
    const {
      headers: _,
      text,
      ...refused
    } = await api.call({ ...call, headers: { 'accept-language': 'zh-CN' } })
    expect(Object.keys(JSON.parse(text))).toEqual([
      'duration',
      'error',
      'server',
      'status',
      'successful',
      'timestamp',
      'traceId',
    ])
    expect(refused).toMatchObject({
      error: { code: 0, message: '请求次数过多，你已经超过当前流控窗口内的请求上限' },
      status: 429,
      successful: false,
    })
  })

  test('counts each user alone, and who is not known not at all', async () => {
    for (let count = 0; count < 4; count += 1) await api.call(call)
    const headers = { authorization: 'Basic bm9ib2R5Og==' }
    expect((await api.call({ ...call, headers })).status).toBe(401)
    const passwordHash = (await api.store.users.byName('admin'))?.passwordHash ?? ''
    await api.store.users.createOnce({
      id: 201,
      username: 'alice',
      passwordHash,
      roles: ['HOST_VIEWER'],
    })
    const alice = {
      authorization: `Basic ${Buffer.from('alice:admin-password').toString('base64')}`,
    }
    expect((await api.call({ ...call, headers: alice })).status).toBe(200)
  })
})

test('as shipped the rate limit leaves room for ten watchers that poll every 250 ms', () => {
  const polls = (seconds: number) => 10 * 4 * seconds
  const [tenSeconds, minute, hour, day] = readConfig({}).rateLimits
  expect([
    tenSeconds > polls(10),
    minute > polls(60),
    hour > polls(3600),
    day > polls(86_400),
  ]).toEqual(Array(4).fill(true))
})
