import { afterEach, expect, test, vi } from 'vitest'
import { clockOffset, sharedClock } from '../../src/host/clock.ts'
import { createTestHosts } from './hosts.ts'
import { startSshd } from './sshd.ts'

afterEach(() => void vi.useRealTimers())

test("a host's clock is held against the controller's clock of now, however that was set meanwhile", async () => {
  const sshd = await startSshd()
  const { pool, host } = createTestHosts()
  try {
    const right = await clockOffset(host(sshd.access()), 3)
    expect(Math.abs(right.offsetMs)).toBeLessThan(right.errorMs + 1)
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 3_600_001 })
    const ahead = await clockOffset(host(sshd.access()), 3)
    expect(Math.round(ahead.offsetMs / 1000)).toBe(-3600)
  } finally {
    await pool.close()
    await sshd.stop()
  }
})

test('a clock that is measured at this moment is not measured again for another', async () => {
  let measured = 0
  const host = {
    rounds: async () => {
      measured += 1
      await new Promise((resolve) => setImmediate(resolve))
      return [{ answer: '0', tookMs: 2, midEpochMs: 0 }]
    },
  }
  const clock = sharedClock()
  const now = performance.now()
  const [one, other] = await Promise.all([clock(host, 1, now), clock(host, 1, now)])
  expect(one).toBe(other)
  expect(measured).toBe(1)
  await clock(host, 4, now)
  expect(measured).toBe(2)
  await clock(host, 4, performance.now())
  expect(measured).toBe(3)
})

test('a measurement that fails is shared with nobody', async () => {
  const good = { rounds: async () => [{ answer: '0', tookMs: 2, midEpochMs: 0 }] }
  const bad = { rounds: () => Promise.reject(new Error('its subtask was canceled')) }
  const clock = sharedClock()
  const now = performance.now()
  const [first, second] = await Promise.allSettled([clock(bad, 1, now), clock(good, 1, now)])
  expect([first.status, second.status]).toEqual(['rejected', 'fulfilled'])
})
