import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { take } from '../../src/store/numbers.ts'
import { databases, type TestStore } from './database.ts'

describe.each(databases)('what is sent at once on $name', ({ open }) => {
  let opened: TestStore
  beforeAll(async () => {
    opened = await open()
  })
  afterAll(() => opened.close())
  beforeEach(() => opened.reset())

  test('numbers that are taken at once are those of one task each, in a row', async () => {
    const subtasks = 5000
    const taken = await Promise.all(
      Array.from({ length: 20 }, () => opened.db.transaction((tx) => take.task(tx, subtasks))),
    )
    expect(new Set(taken.map(({ id }) => id)).size).toBe(20)
    const firsts = taken.map(({ firstSubtaskId }) => firstSubtaskId).sort((a, b) => a - b)
    for (const [at, first] of firsts.entries())
      expect((firsts[at + 1] ?? Number.POSITIVE_INFINITY) - first).toBeGreaterThanOrEqual(subtasks)
  })

  test('statements of a transaction fail together, with the error of the first', async () => {
    const insert = (name: string) => sql`insert into regions (name) values (${name})`
    const together = opened.db.transaction((tx) =>
      Promise.all([
        tx.execute(insert('kept by nobody')),
        tx.execute(sql`select 1 / 0`),
        tx.execute(insert('behind the failure')),
      ]),
    )
    await expect(together).rejects.toMatchObject({ cause: { code: '22012' } })
    expect((await opened.store.regions.list({}, { page: 1, size: 10 })).contents).toEqual([])
    await opened.db.transaction((tx) => tx.execute(insert('afterwards')))
    const page = await opened.store.regions.list({}, { page: 1, size: 10 })
    expect(page.contents.map(({ name }) => name)).toEqual(['afterwards'])
  })
})
