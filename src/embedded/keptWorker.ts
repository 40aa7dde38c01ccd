import { setTimeout as sleep } from 'node:timers/promises'
import { NativeConnection, type Worker } from '@temporalio/worker'
import { wordsOf } from '../errors/startError.ts'
import { createWorker, type WorkerOptions } from '../worker/create.ts'

export interface KeptWorkerOptions {
  /** gRPC address of Temporal. */
  readonly address: string
  readonly worker: Omit<WorkerOptions, 'connection'>
  /** Is told why a worker ended that nobody stopped. */
  readonly onEnd: (why: string) => void
}

const pauseMs = 1000

async function open({ address, worker: options }: KeptWorkerOptions) {
  const connection = await NativeConnection.connect({ address })
  try {
    const worker = await createWorker({ ...options, connection })
    return { worker, connection }
  } catch (error) {
    await connection.close()
    throw error
  }
}

/** A worker that is replaced when it ends by itself. Rejects when the first one cannot be made. */
export async function keepWorker(options: KeptWorkerOptions): Promise<{ close(): Promise<void> }> {
  const closing = new AbortController()
  let current: Worker | undefined

  async function runOnce({ worker, connection }: Awaited<ReturnType<typeof open>>): Promise<void> {
    current = worker
    try {
      const running = worker.run()
      // It was made while it was told to stop.
      if (closing.signal.aborted) worker.shutdown()
      await running
    } finally {
      current = undefined
      await connection.close().catch(() => undefined)
    }
  }

  async function keep(first: Awaited<ReturnType<typeof open>>): Promise<void> {
    let next: typeof first | undefined = first
    while (!closing.signal.aborted) {
      try {
        await runOnce(next ?? (await open(options)))
      } catch (error) {
        if (!closing.signal.aborted) options.onEnd(wordsOf(error))
      }
      next = undefined
      if (!closing.signal.aborted)
        await sleep(pauseMs, undefined, { signal: closing.signal }).catch(() => undefined)
    }
  }

  const kept = keep(await open(options))
  return {
    async close() {
      closing.abort()
      if (current?.getState() === 'RUNNING') current.shutdown()
      await kept
    },
  }
}
