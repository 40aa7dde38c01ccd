import type { Store } from '../store/index.ts'
import { within } from '../within.ts'

const everyMs = 5_000
const patienceMs = 30_000
/** Looks in a row that find it away before it counts as broken. */
const maxMisses = 3

export interface StoreWatch {
  /**
   * Resolves with the reason when a store of this process is broken: it does not come back by
   * itself.
   */
  readonly broken: Promise<string>
  sick(): string | undefined
  stop(): void
}

/**
 * Looks whether the store answers. PostgreSQL comes back by itself; PGlite, inside this process,
 * does not.
 */
export function watchStore(
  store: Pick<Store, 'ping'>,
  onMiss: (why: string) => void,
  pauseMs = everyMs,
): StoreWatch {
  let misses = 0
  let why: string | undefined
  const { promise: broken, resolve } = Promise.withResolvers<string>()
  const look = async (): Promise<void> => {
    let failure = 'it gives no answer'
    const asked = store.ping().catch((error: unknown) => {
      failure = error instanceof Error ? error.message : String(error)
      throw error
    })
    const answered = await within(patienceMs, asked).catch(() => false)
    misses = answered ? 0 : misses + 1
    why = answered ? undefined : failure
    if (why !== undefined) onMiss(why)
    if (why !== undefined && misses >= maxMisses) resolve(why)
  }
  let timer: NodeJS.Timeout
  const next = () => {
    timer = setTimeout(() => void look().finally(next), pauseMs)
    timer.unref()
  }
  next()
  let stopped = false
  return {
    broken,
    sick: () => (misses >= maxMisses && !stopped ? `the store does not answer: ${why}` : undefined),
    stop() {
      stopped = true
      clearTimeout(timer)
    },
  }
}
