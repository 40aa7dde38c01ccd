import { afterEach, expect, test, vi } from 'vitest'
import { clockOffset } from '../../src/host/clock.ts'
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
