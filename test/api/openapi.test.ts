import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { openApi, type TestApi } from './server.ts'

const operation = z.looseObject({
  summary: z.string().optional(),
  responses: z.record(z.string(), z.unknown()),
})
const openapi = z.looseObject({
  openapi: z.string(),
  paths: z.record(z.string(), z.record(z.string(), operation)),
  components: z.looseObject({ schemas: z.record(z.string(), z.unknown()) }),
})

describe('the OpenAPI document', () => {
  let api: TestApi
  let document: z.infer<typeof openapi>
  beforeAll(async () => {
    api = await openApi()
    document = openapi.parse((await api.app.inject('/api/v2/openapi.json')).json())
  })
  afterAll(() => api.close())

  test('has every route that is served, with its replies', () => {
    const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(
        ([method, facts]) => [`${method.toUpperCase()} ${path}`, facts] as const,
      ),
    )
    expect(operations.length).toBeGreaterThan(40)
    const undescribed = operations.filter(
      ([, { responses }]) => !['200', '4XX', '5XX'].every((status) => status in responses),
    )
    expect(undescribed.map(([call]) => call)).toEqual([])
  })

  test('refers only to schemas that it has, and has none that is not referred to', () => {
    const names = [...JSON.stringify(document).matchAll(/#\/components\/schemas\/(\w+)/g)].map(
      ([, name]) => name,
    )
    expect([...new Set(names)].sort()).toEqual(Object.keys(document.components.schemas).sort())
  })

  test('asks for what the calls ask for', () => {
    const create = JSON.stringify(document.paths['/api/v2/ob/clusters']?.post)
    for (const part of ['"primaryZone"', '"additionalProperties":false', '"rpmName"'])
      expect(create).toContain(part)
    const list = JSON.stringify(document.paths['/api/v2/tasks/instances']?.get)
    expect(list).toContain('"enum":["RUNNING","FAILED","SUCCESSFUL"]')
  })

  test('can be read as a page that loads nothing from elsewhere', async () => {
    const page = await api.app.inject('/api/v2/docs')
    expect(page.headers['content-type']).toContain('text/html')
    expect(page.body).toContain('<code>/api/v2/ob/clusters</code>')
    expect(page.body).not.toMatch(/(src|href)="(https?:)?\/\/|<script/)
  })

  test('an error links to its section of the operator’s guide, which is served as a page', async () => {
    const refused = await api.app.inject('/api/v2/nothing')
    const [, path = '', anchor = ''] =
      /^<([^#]+)#(.+)>; rel="help"$/.exec(String(refused.headers.link)) ?? []
    const page = await api.app.inject(path)
    expect(page.headers['content-type']).toContain('text/html')
    expect(page.body).toContain(`<h3 id="${anchor}">IAM10000</h3>`)
    expect(page.body).not.toMatch(/(src|href)="(https?:)?\/\/|<script/)
    const anchors = new Set([...page.body.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id))
    const asked = [...page.body.matchAll(/ href="#([^"]+)"/g)].map(([, id]) => id)
    expect(asked.length).toBeGreaterThan(70)
    expect(asked.filter((id) => !anchors.has(id))).toEqual([])
  })
})
