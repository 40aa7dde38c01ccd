import { expect, test } from 'vitest'
import { gathered } from '../../src/store/gathered.ts'

/** A table that takes its time, and refuses the row `bad`. */
function slowTable() {
  const statements: string[][] = []
  const isAway = (error: unknown): boolean => error instanceof Error && error.message === 'away'
  const write = gathered<string>(async (rows) => {
    await new Promise((resolve) => setImmediate(resolve))
    if (rows.includes('bad')) throw new Error('refused')
    if (rows.includes('away')) throw new Error('away')
    statements.push([...rows])
  }, isAway)
  return { statements, write }
}

test('lists that come while a statement is under way are written together, in order', async () => {
  const { statements, write } = slowTable()
  await Promise.all([write(['a']), write(['b', 'c']), write(['d'])])
  expect(statements).toEqual([['a'], ['b', 'c', 'd']])
})

test('a list that is refused fails alone', async () => {
  const { statements, write } = slowTable()
  const all = await Promise.allSettled([write(['a']), write(['b']), write(['bad']), write(['c'])])
  expect(all.map(({ status }) => status)).toEqual([
    'fulfilled',
    'fulfilled',
    'rejected',
    'fulfilled',
  ])
  expect(statements).toEqual([['a'], ['b'], ['c']])
})

test('what is written together is bounded', async () => {
  const { statements, write } = slowTable()
  const list = Array.from({ length: 300 }, (_, index) => String(index))
  await Promise.all([write(['first']), write(list), write(list), write(['last'])])
  expect(statements.map(({ length }) => length)).toEqual([1, 300, 301])
})

test('lists that fail because the store is away fail at once, together', async () => {
  const { statements, write } = slowTable()
  const all = await Promise.allSettled([write(['a']), write(['b']), write(['away']), write(['c'])])
  expect(all.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected', 'rejected'])
  expect(statements).toEqual([['a']])
})
