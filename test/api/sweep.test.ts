import { setImmediate as nextTurn } from 'node:timers/promises'
import pino from 'pino'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { launcher } from '../../src/api/engine/launch.ts'
import { openTestStore } from '../store/database.ts'
import { addHosts } from '../store/inventory.ts'

let opened: Awaited<ReturnType<typeof openTestStore>>
beforeEach(async () => {
  opened = await openTestStore()
  await addHosts(opened.store, 30)
})
afterEach(() => opened.close())

/** A launcher whose Temporal answers in the next turn, and how many it is told of at once. */
function watched() {
  const seen = { now: 0, most: 0, told: 0 }
  const starts = launcher({
    store: opened.store,
    log: pino({ level: 'silent' }),
    workflows: {
      async tell() {
        seen.now += 1
        seen.most = Math.max(seen.most, seen.now)
        await nextTurn()
        seen.now -= 1
        seen.told += 1
      },
      run: async () => undefined,
      replace: async () => undefined,
      lookAtHosts: async () => [],
      health: async () => ({ temporal: 'okay', workers: 'okay' }),
    },
  })
  return { seen, starts }
}

test('a sweep tells of all that was accepted, of four at once', async () => {
  const untold = await opened.store.tasks.untold()
  expect(untold.length).toBeGreaterThan(30)
  const { seen, starts } = watched()
  await starts.sweep()
  expect(seen).toEqual({ now: 0, most: 4, told: untold.length })
  expect(await opened.store.tasks.untold()).toEqual([])
})

test('an API that closes amid a sweep ends what it tells, and leaves the rest', async () => {
  const all = await opened.store.tasks.untold()
  const { seen, starts } = watched()
  const sweep = starts.sweep()
  while (seen.told === 0) await nextTurn()
  await starts.close()
  await sweep
  expect(seen.now).toBe(0)
  expect(seen.told).toBeLessThan(all.length)
  const left = await opened.store.tasks.untold()
  expect(left).toHaveLength(all.length - seen.told)
})
