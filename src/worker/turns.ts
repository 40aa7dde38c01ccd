/**
 * One attempt at a subtask at a time in this worker: a second one, of a stranger's workflow or of a
 * run that took over, waits until the first has ended and then asks the store what is due.
 */
export class Turns {
  readonly #underWay = new Map<number, Promise<void>>()

  /**
   * Waits for the turn; the result gives it back.
   * @throws the signal's reason, when it is aborted meanwhile
   */
  async take(subtaskId: number, signal: AbortSignal): Promise<() => void> {
    for (;;) {
      const other = this.#underWay.get(subtaskId)
      if (other === undefined) break
      await endedOrAborted(other, signal)
    }
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#underWay.set(subtaskId, promise)
    return () => {
      this.#underWay.delete(subtaskId)
      resolve()
    }
  }
}

async function endedOrAborted(ended: Promise<void>, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted()
  const { promise, reject } = Promise.withResolvers<never>()
  const abort = () => reject(signal.reason)
  signal.addEventListener('abort', abort, { once: true })
  try {
    await Promise.race([ended, promise])
  } finally {
    signal.removeEventListener('abort', abort)
  }
}
