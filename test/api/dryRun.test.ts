import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { addHosts, packageNamed, sampleRpm } from '../store/inventory.ts'
import request from './fixtures/createRequest.json' with { type: 'json' }
import { openApi, type TestApi } from './server.ts'

const clusters = '/api/v2/ob/clusters'
const asked = `${clusters}?dryRun=true`

const finding = z.strictObject({
  code: z.string(),
  field: z.string().optional(),
  message: z.string(),
  rejectedValue: z.unknown().optional(),
})
const answer = z.looseObject({
  id: z.null(),
  clusterId: z.null(),
  cluster: z.strictObject({ id: z.null(), name: z.string(), obClusterId: z.number() }),
  context: z.string(),
  tasks: z.array(
    z.looseObject({
      id: z.number(),
      name: z.string(),
      upstreams: z.array(z.number()),
      downstreams: z.array(z.number()),
    }),
  ),
  admission: z.array(finding),
  preCheck: z.array(z.looseObject({ code: z.string(), level: z.string(), hostId: z.number() })),
})

describe('a create that is only asked about', () => {
  let api: TestApi
  beforeAll(async () => {
    api = await openApi({ passwordRule: 'none' })
  })
  afterAll(() => api.close())
  beforeEach(async () => {
    await api.reset()
    await addHosts(api.store, 2)
    await api.store.packages.create(packageNamed(sampleRpm))
    await api.launcher.settled()
    api.started.length = 0
    api.looks.length = 0
  })

  test('answers what posting it answers, without ids, and leaves every table as it was', async () => {
    const before = await api.dump()
    const reply = await api.post(asked, request)
    expect(reply.status).toBe(200)
    const { admission, preCheck, ...dry } = answer.parse(reply.data)
    expect(admission).toEqual([])
    expect(preCheck).toEqual([])
    expect(await api.dump()).toEqual(before)
    await api.launcher.settled()
    expect(api.started).toEqual([])

    const real = z
      .looseObject({ id: z.number(), tasks: z.array(z.looseObject({ id: z.number() })) })
      .parse((await api.post(clusters, request)).data)
    expect(Object.keys(dry).sort()).toEqual(Object.keys(real).sort())
    const first = real.tasks[0]?.id ?? 0
    expect(
      dry.tasks.map(({ name, upstreams }) => ({
        name,
        upstreams: upstreams.map((id) => id + first - 1),
      })),
    ).toEqual(real.tasks.map(({ name, upstreams }) => ({ name, upstreams })))
    expect(dry.cluster).toEqual({ id: null, name: 'terran', obClusterId: 1 })
  })

  test('has its hosts looked at by value, and nothing secret goes along', async () => {
    await api.post(asked, {
      ...request,
      password: 'Not-to-be-seen-1',
      obproxyUserPassword: 'Nor-this-2',
    })
    expect(api.looks).toMatchObject([
      {
        cluster: {
          name: 'terran',
          version: '2.2.73',
          zones: [{ name: 'zone1', servers: [{ hostId: 1, ip: '10.0.0.1', rootServer: true }] }],
        },
        package: {
          name: 'oceanbase',
          nvra: 'oceanbase-2.2.73-20201211175814.el7.x86_64',
          architecture: 'x86_64',
        },
      },
    ])
    expect(JSON.stringify(api.looks)).not.toMatch(/Not-to-be-seen|Nor-this/)
  })

  test('is told everything that speaks against it at once, and the hosts that exist are looked at all the same', async () => {
    await api.post(clusters, request)
    await api.launcher.settled()
    const before = await api.dump()
    const body = {
      ...request,
      rpmName: 'oceanbase-4.2.1.8-1.el7.x86_64.rpm',
      loadType: 'OLAP',
      zones: [
        { name: 'zone1', idcName: 'hz2', servers: [1, 2] },
        { name: '2', idcName: 'nowhere', servers: [2, 77] },
      ],
    }
    const reply = answer.parse((await api.post(asked, body)).data)
    expect(reply.admission.map(({ code, field }) => [code, field])).toEqual([
      ['COM10003', undefined],
      ['OBE18001', 'zones[1].name'],
      ['OBE11014', 'name'],
      ['PKG10014', 'rpmName'],
      ['CMP07010', 'zones[1].servers[0]'],
      ['CMP07004', 'zones[0].servers[0]'],
      ['COM10002', 'zones[1].idcName'],
      ['CMP07005', 'zones[1].servers[1]'],
    ])
    expect(api.looks).toMatchObject([
      {
        cluster: {
          version: '4.2.1.8',
          zones: [{ servers: [{ hostId: 1 }, { hostId: 2 }] }, { servers: [] }],
        },
        package: { nvra: 'oceanbase-4.2.1.8-1.el7.x86_64' },
      },
    ])
    expect(reply.tasks).toHaveLength(41)
    expect(await api.dump()).toEqual(before)
  })

  test('is answered without a task when there is nothing to plan over', async () => {
    const reply = answer.parse((await api.post(asked, { ...request, zones: [] })).data)
    expect(reply.admission.map(({ code }) => code)).toContain('OBE18010')
    expect(reply.tasks).toEqual([])
    expect(api.looks).toEqual([])
  })

  test('gives findings in the language asked for', async () => {
    const { data } = await api.call({
      method: 'POST',
      url: asked,
      body: { ...request, name: '1' },
      headers: { 'accept-language': 'zh-CN' },
    })
    expect(answer.parse(data).admission[0]?.message).toContain('参数 name 为空或不合法')
  })

  test('is refused like any call when its form is wrong', async () => {
    expect(await api.post(asked, { ...request, colour: 'red' })).toMatchObject({
      status: 400,
      error: { code: 'COM10001' },
    })
    expect((await api.post(`${clusters}?dryRun=perhaps`, request)).status).toBe(400)
  })
})
