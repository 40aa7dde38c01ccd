import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { openScene, type Scene } from './scene.ts'

const page = z.object({
  data: z.object({
    contents: z.array(z.looseObject({ id: z.number() })),
    page: z.object({
      number: z.number(),
      size: z.number(),
      totalElements: z.number(),
      totalPages: z.number(),
    }),
  }),
})
const failed = z.object({
  error: z.object({ code: z.string(), subErrors: z.array(z.object({ field: z.string() })) }),
})

/** Every list, a field by which it sorts, and a filter that finds nothing. */
const lists = [
  ['/api/v2/ob/clusters', 'name', 'name=nowhere'],
  ['/api/v2/tasks/instances', 'startTime', 'status=RUNNING'],
  ['/api/v2/compute/hosts', 'name', 'status=OFFLINE'],
  ['/api/v2/compute/regions', 'createTime', 'keyword=nowhere'],
  ['/api/v2/compute/idcs', 'regionId', 'keyword=nowhere'],
  ['/api/v2/compute/hostTypes', 'name', 'keyword=nowhere'],
  ['/api/v2/software-packages', 'version', 'architecture=aarch64'],
  ['/api/v2/profiles/me/credentials', 'name', 'page=2'],
  ['/api/v2/obproxy/clusters', 'name', 'status=CREATING'],
] as const

describe.each(lists)('the list %s', (path, field, nothing) => {
  let scene: Scene
  beforeAll(async () => {
    scene = await shared()
  })
  const ask = async (query: string) =>
    page.parse((await scene.ask('GET', `${path}?${query}`)).body).data

  test('has pages from 1, each with the whole number of elements', async () => {
    const all = await ask('size=2000&sort=id,asc')
    const total = all.contents.length
    expect(total).toBeGreaterThan(0)
    expect(all.page).toEqual({ number: 1, size: 2000, totalElements: total, totalPages: 1 })
    const last = await ask(`size=1&page=${total}&sort=id,asc`)
    expect(last.page).toEqual({ number: total, size: 1, totalElements: total, totalPages: total })
    expect(last.contents).toEqual(all.contents.slice(-1))
    expect(await ask(`size=1&page=${total + 1}`)).toMatchObject({
      contents: [],
      page: { totalElements: total },
    })
  })

  test('sorts both ways, newest first by itself', async () => {
    const ids = async (query: string) =>
      (await ask(`size=2000${query}`)).contents.map(({ id }) => id)
    const up = await ids('&sort=id,asc')
    expect(up).toEqual(up.toSorted((left, right) => left - right))
    expect(await ids('&sort=id,desc')).toEqual(up.toReversed())
    expect(await ids('')).toEqual(up.toReversed())
    expect((await ids(`&sort=${field}`)).toSorted((left, right) => left - right)).toEqual(up)
  })

  test('is filtered, and answers as it is declared', async () => {
    expect((await ask(nothing)).contents).toEqual([])
    await scene.asDeclared()
  })

  test.each(['page=0', 'size=2001', 'sort=passwordHash', 'colour=red', 'page=one'])(
    'refuses %s and names it',
    async (query) => {
      const { status, body } = await scene.ask('GET', `${path}?${query}`)
      expect(status).toBe(400)
      expect(failed.parse(body).error).toMatchObject({
        code: 'COM10001',
        subErrors: [{ field: query.split('=')[0] }],
      })
    },
  )
})

let scene: Promise<Scene> | undefined
function shared(): Promise<Scene> {
  scene ??= openScene()
  return scene
}
afterAll(async () => (await scene)?.close())
