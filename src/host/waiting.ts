/** Milliseconds after which a wait is worth a line, and between two of them. */
const everyMs = 5_000

/**
 * Passes on what a promise gives; while that takes long, `say` gets the seconds so far every now
 * and then.
 */
export const whileWaiting = async <T>(
  work: Promise<T>,
  say: (seconds: number) => void,
): Promise<T> => {
  const startedAt = performance.now()
  const timer = setInterval(() => say(Math.round((performance.now() - startedAt) / 1000)), everyMs)
  try {
    return await work
  } finally {
    clearInterval(timer)
  }
}
