import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { addHosts, packageNamed, sampleRpm } from '../store/inventory.ts'
import { setSubtask } from '../store/taskRows.ts'
import request from './fixtures/createRequest.json' with { type: 'json' }
import { openApi, type TestApi } from './server.ts'

const named = z.object({
  name: z.string(),
  subtasks: z.array(z.looseObject({ name: z.string(), description: z.string() })),
})

describe('who asks for Chinese', () => {
  const headers = { 'accept-language': 'zh-CN,zh;q=0.9,en;q=0.5' }
  let api: TestApi
  beforeAll(async () => {
    api = await openApi({ errorCodes: 'int' })
    await api.reset()
    await addHosts(api.store, 1)
    await api.store.packages.create(packageNamed(sampleRpm))
    await api.post('/api/v2/ob/clusters', request)
  })
  afterAll(() => api.close())

  test('reads the names of a task and its nodes in Chinese, others in English', async () => {
    const path = '/api/v2/tasks/instances/1001'
    const chinese = named.parse((await api.call({ url: path, headers })).data)
    expect(chinese.name).toBe('创建主 OB 集群')
    expect(chinese.subtasks[0]).toMatchObject({ name: '准备安装集群', description: '准备安装集群' })
    const english = named.parse((await api.get(path)).data)
    expect(english.name).toBe('Create primary OB cluster')
    expect(english.subtasks[0]).toMatchObject({
      name: 'Prepare install cluster',
      description: 'Prepare install cluster',
    })
  })

  test('is told in Chinese what is wrong with a field, and gets numbers where numbers are set', async () => {
    const { error } = await api.call({
      method: 'POST',
      url: '/api/v2/compute/regions',
      body: { name: 7, colour: 'red' },
      headers,
    })
    expect(error).toMatchObject({
      code: 1001,
      message: expect.stringContaining('参数 name 为空或不合法：应为字符串'),
    })
    expect(error?.subErrors?.[1]).toMatchObject({
      field: 'colour',
      message: expect.stringContaining('未知字段'),
    })
  })

  test.each([
    ['idcs', {}, 'name', 'is missing', '缺少该参数'],
    ['idcs', { name: '', regionId: 1 }, 'name', 'must not be empty', '不能为空'],
    [
      'idcs',
      { name: 'x'.repeat(300), regionId: 1 },
      'name',
      'must have at most 128 characters',
      '最多 128 个字符',
    ],
    [
      'idcs',
      { name: 'x', regionId: 2 ** 31 },
      'regionId',
      'must be at most 2147483647',
      '不能大于 2147483647',
    ],
    ['idcs', { name: 'x', regionId: '1' }, 'regionId', 'must be a number', '应为数字'],
    [
      'hosts/batchCreate',
      { hostBasicDataList: [] },
      'hostBasicDataList',
      'must not be empty',
      '不能为空',
    ],
    [
      'hosts/batchCreate',
      { hostBasicDataList: [{ innerIpAddress: 'a' }] },
      'hostBasicDataList[0].innerIpAddress',
      'must be an IPv4 address',
      '应为 IPv4 地址',
    ],
    [
      'hosts/batchCreate',
      { kind: 'x' },
      'kind',
      'must be one of',
      '应为 DEDICATED_PHYSICAL_MACHINE、',
    ],
  ])('of compute/%s with %j is told of %s: %s', async (path, body, field, english, chinese) => {
    for (const [language, words] of [
      ['en', english],
      ['zh', chinese],
    ] as const) {
      const url = `/api/v2/compute/${path}`
      const { error } = await api.call({
        method: 'POST',
        url,
        body,
        headers: { 'accept-language': language },
      })
      const said = error?.subErrors?.find((one) => one.field === field)?.message
      expect(said).toContain(words)
    }
  })

  test('sees why a subtask failed under a number too', async () => {
    const { tasks } = api.store
    const first = (await tasks.get(1001))?.subtasks[0]
    if (!first) throw new Error('no task')
    const cause = { code: 'OBD-1007', message: 'too few open files' }
    await setSubtask(api.db, first.id, {
      status: 'FAILED',
      executor: 'worker',
      startTime: new Date(),
      cause,
    })
    expect((await api.get('/api/v2/tasks/1001')).data).toMatchObject({
      subtasks: [{ error: { code: 1007 } }, ...Array(22).fill({})],
    })
  })

  test('a text that no database stores is refused and its field named', async () => {
    const bad = await api.post('/api/v2/compute/regions', { name: 'a\0b' })
    expect(bad).toMatchObject({ status: 400, error: { subErrors: [{ field: 'name' }] } })
    const half = await api.call({
      method: 'POST',
      url: '/api/v2/compute/regions',
      body: '{"name":"\\ud800"}',
      headers: { 'content-type': 'application/json' },
    })
    expect(half.status).toBe(400)
  })
})
