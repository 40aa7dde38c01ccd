import { setTimeout as sleep } from 'node:timers/promises'
import { DefiniteError, TransientError } from '../errors/failure.ts'
import { inEnglish, type Said, say } from '../errors/say.ts'
import type { Node } from './node.ts'

/** What one look at the world gives: the thing waited for, or why it is not there yet. */
export type Look<T> = { readonly ready: T } | { readonly waiting: Said }

/** Between two looks at first: much of what is waited for is there a moment later. */
const firstMs = 25
/** At most: long enough not to burden an observer that is starting, short enough not to be felt. */
const everyMs = 250

/** Ends early when `signal` aborts; the caller checks the signal next. */
const pause = async (ms: number, signal: AbortSignal): Promise<void> => {
  await sleep(ms, undefined, { signal }).catch(() => undefined)
}

/**
 * Looks again and again, at last every 250 ms, until there is an answer. Transient trouble while looking is a reason to wait,
 * a definite failure ends it. Logs a reason when it changes, and throws TransientError with the
 * last one when the subtask is cancelled or its time is up.
 */
export async function until<T>(
  what: Said,
  node: Pick<Node, 'log' | 'progress' | 'signal'>,
  look: () => Promise<Look<T>>,
): Promise<T> {
  let reason = say`nothing was seen yet`
  let ms = firstMs
  while (!node.signal.aborted) {
    const seen = await look().catch((error: unknown): Look<T> => {
      // What was cut short by the abort itself says nothing about why the wait was long.
      if (node.signal.aborted && !(error instanceof DefiniteError)) return { waiting: reason }
      if (error instanceof TransientError) return { waiting: error.reason }
      throw error
    })
    if ('ready' in seen) return seen.ready
    if (inEnglish(seen.waiting) !== inEnglish(reason)) {
      reason = seen.waiting
      const words = inEnglish(say`${what}: ${reason}`)
      node.log('INFO', `Waiting for ${words}`)
      node.progress(words)
    }
    await pause(ms, node.signal)
    ms = Math.min(everyMs, 2 * ms)
  }
  throw new TransientError(say`Gave up waiting for ${what}; last seen: ${reason}`, {
    cause: node.signal.reason,
  })
}
