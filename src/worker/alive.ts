import { rm, writeFile } from 'node:fs/promises'

/** How often a worker shows that it is well; docker-compose.yml gives it three times as long. */
const everyMs = 10_000
/** What a look may take. */
const lookMs = 8000

export interface AliveOptions {
  /**
   * Rewritten each time the worker is found healthy; a health check reads its age.
   */
  readonly file: string
  /** Rejects when something that the worker needs is away. */
  readonly look: () => Promise<unknown>
}

/** Keeps a file fresh while a worker is well. Returns what stops it and removes the file. */
export function showAlive({ file, look }: AliveOptions): () => Promise<void> {
  let looking: Promise<void> | undefined
  const once = async (): Promise<void> => {
    const late = AbortSignal.timeout(lookMs)
    const tooLate = new Promise<never>((_, reject) =>
      late.addEventListener('abort', () => reject(late.reason)),
    )
    await Promise.race([look(), tooLate])
    await writeFile(file, `${process.pid}\n`)
  }
  const beat = (): void => {
    looking ??= once()
      .catch(() => undefined)
      .finally(() => {
        looking = undefined
      })
  }
  beat()
  const timer = setInterval(beat, everyMs)
  return async () => {
    clearInterval(timer)
    await looking
    await rm(file, { force: true })
  }
}
