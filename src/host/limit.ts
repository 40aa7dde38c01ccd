/**
 * Runs work when one of its places is free. A caller whose signal aborts while it waits leaves the
 * queue.
 */
export interface Limit {
  <T>(work: () => Promise<T>, signal?: AbortSignal): Promise<T>
  /** Whether somebody waits for a place. */
  crowded(): boolean
}

/** A queue with so many places, served in order. */
export const createLimit = (places: number): Limit => {
  let free = places
  const waiting = new Set<() => void>()

  const enter = (signal?: AbortSignal): Promise<void> =>
    new Promise((resolve, reject) => {
      signal?.throwIfAborted()
      if (free > 0) {
        free -= 1
        return resolve()
      }
      const admitted = () => {
        signal?.removeEventListener('abort', left)
        resolve()
      }
      const left = () => {
        waiting.delete(admitted)
        reject(signal?.reason)
      }
      waiting.add(admitted)
      signal?.addEventListener('abort', left, { once: true })
    })

  const leave = () => {
    const [next] = waiting
    if (!next) {
      free += 1
      return
    }
    waiting.delete(next)
    next()
  }

  const inPlace = async <T>(work: () => Promise<T>, signal?: AbortSignal): Promise<T> => {
    await enter(signal)
    try {
      return await work()
    } finally {
      leave()
    }
  }
  return Object.assign(inPlace, { crowded: () => waiting.size > 0 })
}

/**
 * Lets work of one name run one after the other, in the order it came; different names run side by
 * side.
 */
export const createTurns = (): (<T>(name: string, work: () => Promise<T>) => Promise<T>) => {
  const last = new Map<string, Promise<unknown>>()
  return async (name, work) => {
    const before = last.get(name)
    const mine = (before ?? Promise.resolve()).then(work, work)
    last.set(name, mine)
    try {
      return await mine
    } finally {
      if (last.get(name) === mine) last.delete(name)
    }
  }
}
