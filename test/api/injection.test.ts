import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { addHosts, packageNamed, sampleRpm } from '../store/inventory.ts'
import { hostileValues } from '../support/hostile.ts'
import request from './fixtures/createRequest.json' with { type: 'json' }
import { basic, openApi, type TestApi } from './server.ts'
import { nameOf, type StringField, stringFields, withField } from './stringFields.ts'

const absent = 999

/**
 * What is sent beside a field, and the code which says that the field was taken: it names something
 * that is not there. Without a code the call is done.
 */
const bodies: Readonly<Record<string, { readonly base: unknown; readonly taken?: string }>> = {
  'POST /api/v2/ob/clusters': {
    base: {
      ...request,
      zones: [{ name: 'zone1', idcName: 'hz2', servers: [absent] }],
      startupParameters: [{ name: 'backup_dest', value: 'x' }],
    },
    taken: 'CMP07005',
  },
  'POST /api/v2/obproxy/clusters': {
    base: {
      name: 'odp',
      address: '10.0.0.9',
      workMode: 'CONFIG_URL',
      obLinks: [{ clusterId: absent }],
      parameters: [{ name: 'proxy_id', value: '1' }],
      startupParameters: [{ name: 'client_session_id_version', value: '2' }],
    },
    taken: 'OBE11001',
  },
  'PATCH /api/v2/obproxy/clusters/{id}': {
    base: { address: '10.0.0.9', port: 2883 },
    taken: 'ODP21001',
  },
  'PUT /api/v2/obproxy/clusters/{id}': {
    base: { address: '10.0.0.9', port: 2883 },
    taken: 'ODP21001',
  },
  'POST /api/v2/obproxy/clusters/{id}/obLinks/batchAdd': {
    base: [{ clusterName: 'terran' }],
    taken: 'ODP21001',
  },
  'POST /api/v2/compute/hosts/batchCreate': {
    base: { hostBasicDataList: [{ innerIpAddress: '10.1.1.1' }], idcId: 1, credentialId: absent },
    taken: 'COM10002',
  },
  'POST /api/v2/compute/hosts/{id}/acceptHostKey': {
    base: { hostKey: `SHA256:${'a'.repeat(43)}` },
    taken: 'CMP07005',
  },
  'POST /api/v2/compute/regions': { base: { name: 'shanghai' } },
  'POST /api/v2/compute/idcs': { base: { name: 'sh1', regionId: 1 } },
  'POST /api/v2/compute/hostTypes': { base: { name: 'small' } },
  'POST /api/v2/profiles/me/credentials': {
    base: {
      name: 'login',
      targetType: 'HOST',
      sshCredentialProperty: { type: 'PASSWORD', username: 'admin', passphrase: 'x' },
    },
  },
  'PUT /api/v2/profiles/me/credentials/{id}': { base: { name: 'login' }, taken: 'COM10002' },
  'PATCH /api/v2/profiles/me/credentials/{id}': { base: { name: 'login' }, taken: 'COM10002' },
  'POST /api/v2/iam/users': { base: { username: 'alice', password: 'Change-me-2' } },
  'POST /api/v2/session': { base: { username: 'nobody', password: 'x' }, taken: 'IAM10004' },
  // A wrong password would be counted, so the new one is refused first.
  'POST /api/v2/profiles/me/changePassword': {
    base: { currentPassword: 'x', newPassword: 'weak' },
    taken: 'IAM10009',
  },
}

/**
 * Fields that take some of the values: free text, whose way to hosts and databases
 * test/lab/injection.test.ts follows.
 */
const freeTexts = [
  'POST /api/v2/compute/hostTypes description',
  'POST /api/v2/compute/hostTypes name',
  'POST /api/v2/compute/hosts/batchCreate alias',
  'POST /api/v2/compute/hosts/batchCreate description',
  'POST /api/v2/compute/hosts/batchCreate hostBasicDataList[0].serialNumber',
  'POST /api/v2/compute/hosts/batchCreate publishPorts[0]',
  'POST /api/v2/compute/idcs description',
  'POST /api/v2/compute/idcs name',
  'POST /api/v2/compute/regions description',
  'POST /api/v2/compute/regions name',
  'POST /api/v2/ob/clusters clientToken',
  'POST /api/v2/ob/clusters obproxyUserPassword',
  'POST /api/v2/ob/clusters password',
  'POST /api/v2/ob/clusters startupParameters[0].value',
  'POST /api/v2/ob/clusters zones[0].idcName',
  'POST /api/v2/obproxy/clusters address',
  'POST /api/v2/obproxy/clusters clientToken',
  'POST /api/v2/obproxy/clusters obproxyInstallParam.version',
  'POST /api/v2/obproxy/clusters parameters[0].value',
  'POST /api/v2/obproxy/clusters password',
  'POST /api/v2/obproxy/clusters proxyroPassword',
  'POST /api/v2/obproxy/clusters startupParameters[0].value',
  'POST /api/v2/obproxy/clusters/{id}/obLinks/batchAdd [0].clusterName',
  'POST /api/v2/profiles/me/changePassword currentPassword',
  'POST /api/v2/profiles/me/credentials name',
  'POST /api/v2/profiles/me/credentials sshCredentialProperty.passphrase',
  'POST /api/v2/session password',
  'POST /api/v2/session username',
]

/** What changes something takes what makes it. */
const changes = /^(PUT|PATCH) /

/** What is tried in paths and queries: they reach the store alone. */
const inUrls = /SQL|NUL|half|climbs|10 kB|line/

const answer = z.object({
  data: z.record(z.string(), z.unknown()).optional(),
  error: z
    .object({ code: z.string(), subErrors: z.array(z.object({ field: z.string() })).optional() })
    .optional(),
})

describe('a value that would be a command elsewhere', () => {
  let api: TestApi
  let fields: readonly StringField[]
  beforeAll(async () => {
    api = await openApi()
    await api.reset()
    await addHosts(api.store, 1)
    await api.store.packages.create(packageNamed(sampleRpm))
    fields = stringFields((await api.app.inject('/api/v2/openapi.json')).json())
  })
  afterAll(() => api.close())

  const headers = { authorization: basic('admin', 'admin-password') }

  const send = async ({ call, in: place, steps }: StringField, value: string) => {
    const [method = '', path = ''] = call.split(' ')
    const step = String(steps[0])
    const filled = path.replaceAll(/\{(\w+)\}/g, (_, name) =>
      place === 'path' && name === step ? encodeURIComponent(value.toWellFormed()) : String(absent),
    )
    const url = place === 'query' ? `${filled}?${new URLSearchParams({ [step]: value })}` : filled
    const base = bodies[call]?.base
    const payload = place === 'body' ? withField(base, steps, value) : base
    return api.app.inject({
      method: method as 'POST',
      url,
      headers: { ...headers, ...(payload !== undefined && { 'content-type': 'application/json' }) },
      ...(payload !== undefined && { payload: JSON.stringify(payload) }),
    })
  }

  test('is tried in every field that takes text', () => {
    const inBodies = fields.filter((field) => field.in === 'body')
    expect(fields.length).toBeGreaterThan(100)
    expect([...new Set(inBodies.map(({ call }) => call))].sort()).toEqual(
      Object.keys(bodies).sort(),
    )
  })

  test('is refused with a code of OCP, or is data and comes back as it was sent', async () => {
    const taken = new Set<string>()
    const wrong: string[] = []
    for (const field of fields) {
      for (const [name, value] of Object.entries(hostileValues)) {
        if (field.in !== 'body' && !inUrls.test(name)) continue
        const reply = await send(field, value)
        const what = `${field.call} ${field.in} ${nameOf(field)}, ${name}: ${reply.statusCode} ${reply.body.slice(0, 300)}`
        if (reply.statusCode >= 500) wrong.push(what)
        if (field.in !== 'body') continue
        const { data, error } = answer.parse(reply.json())
        const sentinel = bodies[field.call]?.taken
        const isTaken =
          error === undefined
            ? true
            : error.code === sentinel &&
              !error.subErrors?.some((each) => each.field === nameOf(field))
        if (isTaken && !field.ignored) taken.add(`${field.call} ${nameOf(field)}`)
        // A login that was tried too often is blocked, 401.
        else if (!isTaken && ![400, 401, 404, 409].includes(reply.statusCode)) wrong.push(what)
        const shown = data?.[nameOf(field)]
        if (typeof shown === 'string' && shown !== value && shown !== value.trim()) wrong.push(what)
      }
    }
    expect(wrong).toEqual([])
    expect([...taken].filter((field) => !changes.test(field)).sort()).toEqual(freeTexts)
  }, 240_000)
})
