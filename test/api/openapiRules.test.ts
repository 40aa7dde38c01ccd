import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { openApi, type TestApi } from './server.ts'

/** A place in the document: where it is, and what is there. */
interface Place {
  readonly path: string
  readonly node: Record<string, unknown>
}

const isNode = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null

/** Every object of the document. */
const placesOf = (value: unknown, path = '#'): Place[] =>
  isNode(value)
    ? [
        ...(Array.isArray(value) ? [] : [{ path, node: value }]),
        ...Object.entries(value).flatMap(([name, item]) => placesOf(item, `${path}/${name}`)),
      ]
    : []

const operation = z.looseObject({
  operationId: z.string(),
  summary: z.string().min(4),
  description: z.string().optional(),
  tags: z.array(z.string()).length(1),
  parameters: z
    .array(z.looseObject({ name: z.string(), description: z.string().min(4) }))
    .default([]),
  responses: z.record(z.string(), z.looseObject({ description: z.string().min(2) })),
})
const document = z.looseObject({
  openapi: z.literal('3.0.3'),
  servers: z.array(z.object({ url: z.string(), description: z.string() })).min(1),
  tags: z.array(z.object({ name: z.string(), description: z.string().min(10) })),
  security: z.array(z.record(z.string(), z.array(z.string()))),
  paths: z.record(z.string(), z.record(z.string(), operation)),
  components: z.looseObject({
    schemas: z.record(z.string(), z.unknown()),
    securitySchemes: z.record(z.string(), z.looseObject({ description: z.string() })),
  }),
})
type Document = z.infer<typeof document>

const read = async (api: TestApi): Promise<Document> =>
  document.parse((await api.app.inject('/api/v2/openapi.json')).json())

/** A schema with its properties, wherever it stands. */
const objectsOf = (of: Document): Place[] =>
  placesOf({ paths: of.paths, schemas: of.components.schemas }).filter(
    ({ path, node }) => isNode(node.properties) && !path.endsWith('/properties'),
  )
const at = (places: readonly Place[]): string[] => places.map(({ path }) => path)

describe('the OpenAPI document is one that client generators take', () => {
  let api: TestApi
  let found: Document
  let places: Place[]
  beforeAll(async () => {
    api = await openApi()
    found = await read(api)
    places = placesOf(found)
  })
  afterAll(() => api.close())

  test('no schema is null alone, and no type is a list of types', () => {
    expect(
      at(places.filter(({ node }) => node.type === 'null' || Array.isArray(node.type))),
    ).toEqual([])
    expect(
      at(places.filter(({ node }) => Array.isArray(node.enum) && node.enum.includes(null))),
    ).toEqual([])
  })

  test('no default is an object or a list', () => {
    expect(
      at(places.filter(({ path, node }) => isNode(node.default) && !path.endsWith('/properties'))),
    ).toEqual([])
  })

  test('no choice of types has a list among them', () => {
    // openapi-generator names the Java type of one as it would be written: List<String>.
    const choices = places.filter(({ node }) =>
      [node.anyOf, node.oneOf].some(
        (list) => Array.isArray(list) && list.some((each) => isNode(each) && each.type === 'array'),
      ),
    )
    expect(at(choices)).toEqual([])
  })

  test('no object has two fields that differ in case only', () => {
    const twins = objectsOf(found).filter(({ node }) => {
      const names = Object.keys(node.properties ?? {})
      return new Set(names.map((name) => name.toLowerCase())).size < names.length
    })
    expect(at(twins)).toEqual([])
  })

  test('only texts have a list of values', () => {
    expect(
      at(places.filter(({ node }) => Array.isArray(node.enum) && node.type !== 'string')),
    ).toEqual([])
    expect(
      at(places.filter(({ path, node }) => 'const' in node && !path.endsWith('/properties'))),
    ).toEqual([])
  })

  test.each([
    ['string', 'string'],
    ['int', 'integer'],
  ] as const)('an error code has the one type that is configured: %s', async (errorCodes, type) => {
    const configured = await openApi({ errorCodes })
    try {
      const { schemas } = (await read(configured)).components
      const codes = placesOf(schemas).filter(({ path }) => path.endsWith('/properties/code'))
      expect(codes.map(({ node }) => node.type)).toEqual(codes.map(() => type))
      expect(codes.length).toBeGreaterThan(3)
    } finally {
      await configured.close()
    }
  })

  test('each call has an id of its own, a declared chapter, a summary, and says how it fails', () => {
    const operations = Object.values(found.paths).flatMap((methods) => Object.values(methods))
    const ids = operations.map(({ operationId }) => operationId)
    expect(
      ids.filter((id, index) => ids.indexOf(id) !== index || !/^[a-z][A-Za-z0-9]+$/.test(id)),
    ).toEqual([])
    const chapters = found.tags.map(({ name }) => name)
    expect(
      operations
        .filter(({ tags }) => !chapters.includes(tags[0] ?? ''))
        .map(({ operationId }) => operationId),
    ).toEqual([])
    const silent = operations.filter(
      ({ responses }) => !['200', '4XX', '5XX'].every((status) => status in responses),
    )
    expect(silent.map(({ operationId }) => operationId)).toEqual([])
  })

  test('each field of each schema is described', () => {
    const bare = objectsOf(found).flatMap(({ path, node }) =>
      Object.entries(node.properties ?? {})
        .filter(
          ([, field]) =>
            !isNode(field) || typeof field.description !== 'string' || field.description.length < 3,
        )
        .map(([name]) => `${path}/${name}`),
    )
    expect(bare).toEqual([])
    expect(objectsOf(found).length).toBeGreaterThan(100)
  })

  test('examples are there, and are of the type of their field', () => {
    const examples = places.filter(
      ({ path, node }) =>
        'example' in node && typeof node.type === 'string' && !path.endsWith('/properties'),
    )
    const types: Readonly<Record<string, string>> = { integer: 'number', array: 'object' }
    const wrong = examples.filter(
      ({ node: { type, example } }) => typeof example !== (types[String(type)] ?? type),
    )
    expect(at(wrong)).toEqual([])
    expect(examples.length).toBeGreaterThan(300)
  })

  test('both ways to log in are described, and a call without a login says so', () => {
    expect(found.components.securitySchemes).toMatchObject({
      basic: { type: 'http', scheme: 'basic' },
      accessKey: { type: 'apiKey', in: 'header', name: 'Authorization' },
    })
    expect(found.security).toEqual([{ basic: [] }, { accessKey: [] }])
    expect(found.paths['/healthz']?.get?.security).toEqual([])
  })

  test('the address of the server is the one that is configured', async () => {
    expect(found.servers).toMatchObject([{ url: '/' }])
    const configured = await openApi({ publicUrl: 'http://10.0.0.9:8080' })
    try {
      expect((await read(configured)).servers).toMatchObject([{ url: 'http://10.0.0.9:8080' }])
    } finally {
      await configured.close()
    }
  })

  test('a call says which roles may make it', () => {
    const { description } = found.paths['/api/v2/ob/clusters']?.post ?? {}
    expect(description).toContain(
      '`CLUSTER:*:CREATE`, which these roles have: ADMIN, CLUSTER_MANAGER',
    )
  })
})
