import { setTimeout as sleep } from 'node:timers/promises'

/**
 * The result, or undefined when it fails or is not there in time. Time begins when `after` has
 * passed.
 */
export async function soon<T>(
  work: Promise<T>,
  ms: number,
  after: Promise<unknown> = Promise.resolve(),
): Promise<T | undefined> {
  const done = new AbortController()
  const late = after
    .then(
      () => undefined,
      () => undefined,
    )
    .then(() => sleep(ms, undefined, { signal: done.signal }))
    .catch(() => undefined)
  try {
    return await Promise.race([work.catch(() => undefined), late])
  } finally {
    done.abort()
  }
}
