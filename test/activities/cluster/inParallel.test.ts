import { expect, test } from 'vitest'
import { inParallel } from '../../../src/activities/inParallel.ts'
import { DefiniteError, TransientError } from '../../../src/errors/failure.ts'
import { asIs } from '../../../src/errors/say.ts'

test('keeps the order of its items and never works on more than 64 of them at once', async () => {
  let atWork = 0
  let most = 0
  const items = Array.from({ length: 200 }, (_, index) => index)
  const results = await inParallel(items, async (item) => {
    most = Math.max(most, ++atWork)
    await new Promise(setImmediate)
    atWork--
    return item * 2
  })
  expect(results).toEqual(items.map((item) => item * 2))
  expect(most).toBe(64)
})

test('waits for every item and then throws the definite failure before the transient one', async () => {
  const done: number[] = []
  const work = inParallel([1, 2, 3], async (item) => {
    if (item === 1) throw new TransientError(asIs('host down'))
    if (item === 2) throw new DefiniteError({ code: 'OBE19006', message: asIs('observer died') })
    await new Promise(setImmediate)
    done.push(item)
  })
  await expect(work).rejects.toThrow('observer died')
  expect(done).toEqual([3])
})
