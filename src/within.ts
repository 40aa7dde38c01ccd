import { setTimeout as sleep } from 'node:timers/promises'

/**
 * Waits for something, at most so long; tells whether it came. What fails afterwards is nobody's
 * concern.
 */
export async function within(ms: number, something: Promise<unknown>): Promise<boolean> {
  const given = new AbortController()
  const late = sleep(ms, false, { signal: given.signal }).catch(() => false)
  something.catch(() => undefined)
  try {
    return await Promise.race([something.then(() => true), late])
  } finally {
    given.abort()
  }
}
