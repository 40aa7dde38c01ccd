import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'
import { z } from 'zod'
import type { Bench } from './bench.ts'

export interface Calls {
  /** One after the other, from the start again when there are more times. */
  readonly calls: readonly { readonly path: string; readonly body?: unknown }[]
  readonly times: number
  /** Absent: each when the one before is answered. */
  readonly perSecond?: number
}

/** The login of admin, as a header has it. */
export const asAdmin = (password: string): string =>
  `Basic ${Buffer.from(`admin:${password}`).toString('base64')}`

const answers = z.array(z.number())

/** Calls an API as admin, from a thread of its own that ends with the bench. */
export function startCaller(
  bench: Pick<Bench, 'defer'>,
  { url, password }: { readonly url: string; readonly password: string },
) {
  const authorization = asAdmin(password)
  const caller = new Worker(fileURLToPath(new URL('callerThread.ts', import.meta.url)), {
    workerData: { url, authorization },
  })
  bench.defer(() => caller.terminate())
  const failed = once(caller, 'error').then(([error]) => Promise.reject(error))
  // The error is thrown where an answer is awaited; until then nobody handles it.
  failed.catch(() => undefined)
  /** Milliseconds of each answer; a call that a busy API refused for now has none. */
  return async function called(order: Calls): Promise<readonly number[]> {
    const answer = once(caller, 'message')
    caller.postMessage(order)
    const [said] = await Promise.race([answer, failed])
    return answers.parse(said)
  }
}
