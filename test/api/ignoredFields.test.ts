import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { openApi, type TestApi } from './server.ts'

const warned = z.object({
  warnings: z.array(z.object({ field: z.string(), message: z.string() })).default([]),
})
const login = { type: 'PASSWORD', username: 'admin', passphrase: 'a-password' }

describe('fields of OCP that have no effect here', () => {
  let api: TestApi
  beforeAll(async () => {
    api = await openApi()
  })
  beforeEach(() => api.reset())
  afterAll(() => api.close())

  const fieldsWarned = (reply: unknown): string[] =>
    warned.parse(reply).warnings.map(({ field }) => field)

  test('a credential as antman sends it is stored, and what has no effect is named', async () => {
    const reply = await api.post('/api/v2/profiles/me/credentials', {
      targetType: 'HOST',
      name: 'box',
      description: 'of antman',
      validate: true,
      sshCredentialProperty: { ...login, hostIdList: [1, 2] },
      obJdbcCredentialProperty: null,
    })
    expect(reply.status).toBe(200)
    expect(fieldsWarned(reply)).toEqual([
      'sshCredentialProperty.hostIdList',
      'description',
      'validate',
    ])
  })

  test('hosts as the Terraform provider sends them are judged by what counts', async () => {
    const reply = await api.post('/api/v2/compute/hosts/batchCreate', {
      hostBasicDataList: [{ innerIpAddress: '10.0.0.1' }],
      idcId: 77,
      credentialId: 77,
      mgragentPort: 62888,
      monagentPort: 62889,
      monagentCpuQuota: 1,
      monagentMemoryQuota: '1Gi',
    })
    expect(reply.error?.code).toBe('COM10002')
    expect(reply.error?.subErrors?.map(({ field }) => field)).toEqual(['idcId', 'credentialId'])
  })

  test('a create may carry what OCP knows beside', async () => {
    const create = {
      name: 'terran',
      type: 'PRIMARY',
      password: 'Hidden-word-1',
      rpmName: 'none.rpm',
      zones: [{ name: 'zone1', idcName: 'hz', servers: [1] }],
      description: 'mine',
      saveToCredential: false,
      checkId: 'c-1',
      parameters: [{ name: 'memory_limit', value: '8G' }],
    }
    const reply = await api.post('/api/v2/ob/clusters?dryRun=true', create)
    expect(reply.status).toBe(200)
    expect(fieldsWarned(reply)).toEqual([
      'checkId',
      'description',
      'parameters',
      'saveToCredential',
    ])
  })

  test('a warning reads in the language that was asked for', async () => {
    const reply = await api.call({
      method: 'POST',
      url: '/api/v2/profiles/me/credentials',
      body: { targetType: 'HOST', name: 'box', validate: true, sshCredentialProperty: login },
      headers: { 'accept-language': 'zh-CN' },
    })
    expect(warned.parse(reply).warnings).toEqual([
      { field: 'validate', message: 'OCP 支持该字段，但在此不起作用：保存凭据时不做连通性验证' },
    ])
  })

  test('docs/api.md names each of them', async () => {
    const described = z.looseObject({ description: z.string().optional() })
    type Node = { readonly properties?: Record<string, unknown> | undefined }
    const node: z.ZodType<Node> = z.looseObject({
      properties: z.record(z.string(), z.unknown()).optional(),
    })
    const fieldsOf = (schema: unknown, at = ''): string[] =>
      Object.entries(node.parse(schema).properties ?? {}).flatMap(([name, value]) => {
        const { description = '' } = described.parse(value)
        return description.includes('has no effect here')
          ? [`${at}${name}`]
          : fieldsOf(value, `${at}${name}.`)
      })
    const operation = z.looseObject({
      requestBody: z
        .object({ content: z.record(z.string(), z.object({ schema: z.unknown() })) })
        .optional(),
    })
    const document = z.object({ paths: z.record(z.string(), z.record(z.string(), operation)) })
    const { paths } = document.parse((await api.app.inject('/api/v2/openapi.json')).json())
    const served = Object.entries(paths).flatMap(([path, methods]) =>
      Object.entries(methods).flatMap(([method, { requestBody }]) => {
        const fields = Object.values(requestBody?.content ?? {}).flatMap(({ schema }) =>
          fieldsOf(schema),
        )
        return fields.map(
          (field) => `${method.toUpperCase()} ${path.replace('/api/v2', '')} ${field}`,
        )
      }),
    )
    const page = readFileSync(new URL('../../docs/api.md', import.meta.url), 'utf8')
    const rows = page
      .slice(page.indexOf('has no effect'), page.indexOf('What it has beside'))
      .split('\n')
    const names = (cell = '') => [...cell.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name)
    const told = rows
      .filter((row) => row.startsWith('| `'))
      .flatMap((row) =>
        names(row.split('|')[1]).flatMap((call) =>
          names(row.split('|')[2]).map((field) => `${call} ${field}`),
        ),
      )
    expect(served.toSorted()).toEqual(told.toSorted())
    expect(served.length).toBeGreaterThan(20)
  })

  test('a reply to a request without such fields has no warnings', async () => {
    expect(await api.post('/api/v2/compute/regions', { name: 'hz' })).not.toHaveProperty('warnings')
  })

  test.each([
    ['/api/v2/ob/clusters', { nmae: 'terran' }, 'nmae', 'name'],
    ['/api/v2/ob/clusters', { zones: [{ nam: 'zone1' }] }, 'zones[0].nam', 'name'],
    ['/api/v2/ob/clusters', { attributes: { sqlport: 2881 } }, 'attributes.sqlport', 'sqlPort'],
    [
      '/api/v2/profiles/me/credentials',
      { sshCredentialProperty: { userName: 'a' } },
      'sshCredentialProperty.userName',
      'username',
    ],
  ])(
    'a misspelled field of %s is refused with the name that is meant',
    async (url, body, field, meant) => {
      const reply = await api.post(url, body)
      expect(reply.status).toBe(400)
      expect(reply.error?.subErrors).toContainEqual({
        field,
        message: `Parameter ${field} is empty or invalid: unknown field; did you mean ${meant}?`,
      })
    },
  )

  test('a field that is like no other is only refused', async () => {
    const reply = await api.post('/api/v2/compute/regions', { name: 'hz', xylophone: 1 })
    expect(reply.error?.message).toBe('Parameter xylophone is empty or invalid: unknown field')
  })
})
