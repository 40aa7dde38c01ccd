import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { addHosts, addMoreHosts, packageNamed, sampleRpm } from '../store/inventory.ts'
import { englishSentence } from '../support/sentences.ts'
import { armRpm, cases, obproxyRpm, otherRpm, zones } from './badInputCases.ts'
import request from './fixtures/createRequest.json' with { type: 'json' }
import { openApi, type TestApi } from './server.ts'

describe('a create request that is wrong', () => {
  let api: TestApi
  let before: Awaited<ReturnType<TestApi['dump']>>
  beforeAll(async () => {
    api = await openApi()
    await api.reset()
    await addHosts(api.store, 4)
    await api.store.hosts.setStatus(4, 'NEW')
    await api.store.regions.create({ name: 'shanghai' })
    await api.store.idcs.create({ name: 'sh1', regionId: 2 })
    await addMoreHosts(api.store, { count: 1, idcId: 2, network: '10.5' })
    await addMoreHosts(api.store, { count: 1, idcId: 1, network: '10.6' })
    await api.store.hosts.setFacts(6, { architecture: 'aarch64' })
    for (const rpm of [sampleRpm, obproxyRpm, otherRpm, armRpm])
      await api.store.packages.create(packageNamed(rpm))
    const proxy = {
      name: 'odp',
      address: '10.0.0.9',
      port: 2883,
      workMode: 'RS_LIST',
      status: 'CREATING',
      creator: 'admin',
      servers: [],
    } as const
    await api.store.obproxy.create(proxy)
    const taken = await api.post('/api/v2/ob/clusters', {
      ...request,
      name: 'taken',
      ...zones({ servers: [3] }),
    })
    expect(taken.status).toBe(200)
    await api.launcher.settled()
    before = await api.dump()
  })
  afterAll(() => api.close())

  test.each(cases)('%s: %i %s', async (_, status, code, change, field) => {
    const reply = await api.post('/api/v2/ob/clusters', {
      ...request,
      password: 'Hidden-word-1',
      ...change,
    })
    expect(reply).toMatchObject({ status, successful: false, error: { code } })
    expect(reply.error?.subErrors?.[0]?.field).toBe(field)
    expect(reply.text).not.toContain('Hidden-word-1')
    expect(await api.dump()).toEqual(before)
  })

  test.each(cases)('%s: a Chinese reader is told in Chinese', async (_, _status, code, change) => {
    const { error } = await api.call({
      method: 'POST',
      url: '/api/v2/ob/clusters',
      body: { ...request, password: 'Hidden-word-1', ...change },
      headers: { 'accept-language': 'zh-CN' },
    })
    expect(error?.code).toBe(code)
    const told = [error, ...(error?.subErrors ?? [])].map((each) => each?.message)
    expect(told.filter((message) => englishSentence.test(message ?? ''))).toEqual([])
    expect(told.every((message) => /\p{Script=Han}/u.test(message ?? ''))).toBe(true)
  })

  test('several wrong things are all named at once', async () => {
    const { error } = await api.post('/api/v2/ob/clusters', {
      ...request,
      name: 'taken',
      rpmName: 'none.rpm',
      ...zones({ servers: [4, 999] }),
    })
    expect(error?.code).toBe('OBE11014')
    expect(error?.subErrors?.map((each) => each.code ?? error.code)).toEqual([
      'OBE11014',
      'PKG10014',
      'CMP07004',
      'CMP07005',
    ])
  })

  test('one answer names every field that cannot be honoured', async () => {
    const { error } = await api.post('/api/v2/ob/clusters', {
      ...request,
      vpcId: 2,
      arbitrationServiceId: 1,
      supportObsBackup: true,
    })
    for (const name of ['vpcId', 'arbitrationServiceId', 'supportObsBackup'])
      expect(error?.message).toContain(name)
  })

  test('the message follows Accept-Language', async () => {
    const chinese = await api.call({
      method: 'POST',
      url: '/api/v2/ob/clusters',
      body: { ...request, name: 'taken' },
      headers: { 'accept-language': 'fr, zh-CN;q=0.9, en;q=0.5' },
    })
    expect(chinese.error?.message).toBe('待创建的集群 taken 已存在')
  })
})

describe('with OCP settings', () => {
  let api: TestApi
  beforeAll(async () => {
    api = await openApi({ errorCodes: 'int', passwordRule: 'ocp4' })
    await api.reset()
  })
  afterAll(() => api.close())

  test.each([
    ['xxxxx', 11029],
    ['abcdefgh1', 11029],
    ['Abcdefg1', 7514],
    ['abc defg1#', 11029],
  ])('the password %s is answered with the number %i', async (password, code) => {
    expect((await api.post('/api/v2/ob/clusters', { ...request, password })).error?.code).toBe(code)
  })
})
