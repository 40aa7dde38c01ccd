import { setTimeout as sleep } from 'node:timers/promises'
import { parentPort, workerData } from 'node:worker_threads'
import { z } from 'zod'

// Calls the API from a thread of its own, so that reading the answers holds nobody up, and nobody
// holds up the clock.

const { url, authorization } = z
  .object({ url: z.string(), authorization: z.string() })
  .parse(workerData)
const order = z.object({
  /** What is posted, if anything. */
  calls: z.array(z.object({ path: z.string(), body: z.unknown().optional() })),
  times: z.number(),
  /** One after the other unless told. */
  perSecond: z.number().optional(),
})

/** Service Unavailable */
const busy = 503

/** Milliseconds; of a call that a busy API refused for now, none. */
async function call(path: string, body: unknown): Promise<readonly number[]> {
  const begin = performance.now()
  const posted =
    body === undefined
      ? { headers: { authorization } }
      : {
          method: 'POST',
          headers: { authorization, 'content-type': 'application/json' },
          body: JSON.stringify(body),
        }
  const reply = await fetch(`${url}${path}`, posted)
  await reply.arrayBuffer()
  if (reply.status === busy) return []
  if (!reply.ok) throw new Error(`${path} was answered ${reply.status}`)
  return [performance.now() - begin]
}

parentPort?.on('message', async (message: unknown) => {
  const { calls, times, perSecond } = order.parse(message)
  const found: Promise<readonly number[]>[] = []
  const began = performance.now()
  for (let index = 0; index < times; index += 1) {
    const early =
      perSecond === undefined ? 0 : began + (index * 1000) / perSecond - performance.now()
    if (early > 0) await sleep(early)
    const { path = '/', body } = calls[index % calls.length] ?? {}
    const answer = call(path, body)
    found.push(answer)
    if (perSecond === undefined) await answer
  }
  parentPort?.postMessage((await Promise.all(found)).flat())
})
