import { readdirSync, readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { absent } from './absent.ts'
import { deviations, documentedCall, sampleOf } from './asSample.ts'
import { documentedBodies } from './documented/bodies.ts'
import { documentedCalls } from './documented/calls.ts'
import { tables } from './documented/tables.ts'
import { openScene, type Scene } from './scene.ts'

/** A call with its parameters' names left out: OCP has taskInstanceId where this has id. */
const unnamed = (call: string): string => call.replaceAll(/:\w+|\{\w+\}/g, '{}')
const samplesOf = Object.entries(documentedCalls).flatMap(([call, { sample }]) =>
  sample ? [[sample, call] as const] : [],
)

interface JsonSchema {
  readonly properties?: Readonly<Record<string, JsonSchema>> | undefined
  readonly items?: JsonSchema | undefined
  readonly anyOf?: readonly JsonSchema[] | undefined
}
const jsonSchema: z.ZodType<JsonSchema> = z.lazy(() =>
  z.looseObject({
    properties: z.record(z.string(), jsonSchema).optional(),
    items: jsonSchema.optional(),
    anyOf: z.array(jsonSchema).optional(),
  }),
)
const operation = z.looseObject({
  requestBody: z
    .looseObject({ content: z.record(z.string(), z.looseObject({ schema: jsonSchema })) })
    .optional(),
})
const openapi = z.object({ paths: z.record(z.string(), z.record(z.string(), operation)) })

/** The fields that a body of this schema may have, those of a list's elements below the list. */
const fieldsIn = ({ properties = {}, items, anyOf = [] }: JsonSchema): string[] => [
  ...Object.entries(properties).flatMap(([name, schema]) => [
    name,
    ...fieldsIn(schema).map((field) => `${name}.${field}`),
  ]),
  ...[...(items ? [items] : []), ...anyOf].flatMap(fieldsIn),
]

describe('what OCP documents', () => {
  let scene: Scene
  beforeAll(async () => {
    scene = await openScene()
  })
  afterAll(() => scene.close())

  test('is served call by call, or named with the reason why not', () => {
    const served = new Set(scene.routes.map(({ method, url }) => unnamed(`${method} ${url}`)))
    const missing = Object.keys(documentedCalls).filter((call) => !served.has(unnamed(call)))
    expect(missing.toSorted()).toEqual(Object.keys(absent.calls).toSorted())
  })

  test.each(Object.keys(documentedBodies))(
    'is taken in the body of %s, field by field, or named with the reason',
    async (call) => {
      const [method = '', path = ''] = call.split(' ')
      const { paths } = openapi.parse((await scene.app.inject('/api/v2/openapi.json')).json())
      const content = Object.values(paths[path]?.[method.toLowerCase()]?.requestBody?.content ?? {})
      const taken = content.flatMap(({ schema }) => fieldsIn(schema))
      const named = Object.keys(absent.bodies).filter((each) => each.startsWith(`${call} `))
      const missing = (documentedBodies[call] ?? []).filter((field) => !taken.includes(field))
      expect(missing.map((field) => `${call} ${field}`)).toEqual(named)
    },
  )

  test('is absent only in fields that it has', () => {
    const fields = Object.entries(tables).flatMap(([table, all]) =>
      Object.keys(all).map((field) => `${table}.${field}`),
    )
    expect(Object.keys(absent.fields).filter((field) => !fields.includes(field))).toEqual([])
  })

  test('is told in docs/api.md where it is absent, and nothing else is', () => {
    const page = readFileSync(new URL('../../../docs/api.md', import.meta.url), 'utf8')
    const rows = page
      .slice(page.indexOf('does not have'), page.indexOf('What is taken and has no effect'))
      .split('\n')
    const told = rows
      .filter((row) => row.startsWith('| '))
      .flatMap((row) =>
        [...(row.split('|')[1] ?? '').matchAll(/`([^`]+)`/g)].map(([, name = '']) => name),
      )
    const fields = Object.keys(absent.fields).flatMap((field) => field.split('.').slice(1))
    const calls = Object.keys(absent.calls).map((call) => call.replace('/api/v2', ''))
    const sent = Object.keys(absent.bodies).flatMap((body) => body.split(' ').slice(2))
    expect(told.toSorted()).toEqual([...new Set([...fields, ...calls, ...sent])].toSorted())
  })

  test('comes with samples, each of which is a fixture here', () => {
    const files = readdirSync(new URL('../fixtures/samples', import.meta.url)).map((file) =>
      file.replace(/\.json$/, ''),
    )
    const here = samplesOf.flatMap(([sample]) => (sample.startsWith('..') ? [] : [sample]))
    expect(files.toSorted()).toEqual(here.toSorted())
  })

  test.each(samplesOf.filter(([sample]) => !sample.startsWith('..')))(
    'has the sample %s of %s',
    (sample, call) => {
      expect(unnamed(sampleOf(sample).call ?? '')).toBe(unnamed(call))
    },
  )

  const queries = Object.entries(documentedCalls).flatMap(([call, { query }]) =>
    query ? [[call, query] as const] : [],
  )

  test.each(queries)(
    '%s takes every parameter of its query, one by one and together',
    async (call, query) => {
      const path = call.replace('GET ', '').replace('{id}', '1')
      const all = new URLSearchParams(query).toString()
      const each = Object.entries(query).map(([name, value]) =>
        new URLSearchParams({ [name]: value }).toString(),
      )
      for (const asked of [...each, all]) {
        const reply = await scene.ask('GET', `${path}?${asked}`)
        expect({ asked, status: reply.status }).toEqual({ asked, status: 200 })
      }
      await scene.asDeclared()
    },
  )
})

describe('a reply is held against what is documented', () => {
  const call = 'GET /api/v2/ob/clusters/{id}/servers'
  const server = () => ({
    availableOperations: [],
    clusterId: 1,
    hostId: 1,
    hostTypeName: 'tiny',
    id: 1,
    idcName: 'hz2',
    innerStatus: 'ACTIVE',
    ip: '10.0.0.1',
    port: 2882,
    regionName: 'hangzhou',
    sqlPort: 2881,
    startTime: '2020-11-29T22:30:42+08:00',
    status: 'RUNNING',
    stopTime: '1970-01-01T08:00:00+08:00',
    updateTime: '2020-11-30T14:42:23.5Z',
    version: '2.2.73',
    withRootserver: true,
    zoneName: 'zone1',
  })
  const around = { duration: 1, server: '10.0.0.9', status: 200, successful: true, traceId: 'abc' }
  const reply = (...servers: object[]) => ({
    ...around,
    timestamp: '2020-12-02T20:15:34.354+08:00',
    data: { contents: servers },
  })
  const { ip: _, ...withoutIp } = server()

  test.each<[string, object[], string[]]>([
    ['as it should be', [server()], []],
    ['a field is missing in one of two', [server(), withoutIp], ['data.contents.ip is missing']],
    ['nothing is there', [], ['data.contents[] is missing']],
    [
      'a time without an offset',
      [{ ...server(), stopTime: '2020-11-29T22:30:42' }],
      ['is string, not time'],
    ],
    [
      'a word that is none of the enum',
      [{ ...server(), status: 'GONE' }],
      ['is GONE, which is none of'],
    ],
    ['a number as text', [{ ...server(), port: '2882' }], ['is string, not integer']],
    ['no whole number', [{ ...server(), port: 2882.5 }], ['is number, not integer']],
    [
      'null where the sample has a value',
      [{ ...server(), version: null }],
      ['is null, not string'],
    ],
    [
      'one thing where there should be many',
      [{ ...server(), availableOperations: 'STOP' }],
      ['is string, not array'],
    ],
  ])('%s', (_case, servers, expected) => {
    const found = deviations(call, reply(...servers)).join('\n')
    for (const part of expected) expect(found).toContain(part)
    expect(found === '').toBe(expected.length === 0)
  })

  test('a field that is said to be absent and is there', () => {
    const { response } = sampleOf('check-the-zone-list-of-the-ob-cluster')
    expect(deviations('GET /api/v2/ob/clusters/{id}/zones', response)).toContain(
      'data.contents.compactionStatus is there, though Zone.compactionStatus is said to be absent',
    )
  })

  test('a path is the call with the fewest parameters that it fits', () => {
    expect(documentedCall('POST', '/api/v2/compute/hosts/batchCreate')).toBe(
      'POST /api/v2/compute/hosts/batchCreate',
    )
    expect(documentedCall('GET', '/api/v2/tasks/instances?page=1')).toBe(
      'GET /api/v2/tasks/instances',
    )
    expect(documentedCall('GET', '/api/v2/tasks/1000')).toBe('GET /api/v2/tasks/{id}')
    expect(documentedCall('GET', '/api/v2/iam/users')).toBeUndefined()
  })
})
