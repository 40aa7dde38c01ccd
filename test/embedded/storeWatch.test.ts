import { expect, it, onTestFinished } from 'vitest'
import { watchStore } from '../../src/embedded/storeWatch.ts'

it('tells that a store is broken when it failed three times in a row, and why', async () => {
  const misses: string[] = []
  let calls = 0
  const ping = async (): Promise<void> => {
    // It comes back once, and that starts the count anew.
    if (++calls !== 3) throw new Error('RuntimeError: unreachable')
  }
  const watch = watchStore({ ping }, (why) => void misses.push(why), 1)
  onTestFinished(() => watch.stop())
  expect(watch.sick()).toBeUndefined()
  expect(await watch.broken).toBe('RuntimeError: unreachable')
  expect(misses).toHaveLength(5)
  expect(watch.sick()).toContain('RuntimeError: unreachable')
})
