import { setTimeout as sleep } from 'node:timers/promises'
import { parentPort, workerData } from 'node:worker_threads'
import { z } from 'zod'

// Calls the API from a thread of its own, so that reading the answers holds nobody up.

const { url, authorization } = z
  .object({ url: z.string(), authorization: z.string() })
  .parse(workerData)
const order = z.object({
  paths: z.array(z.string()),
  times: z.number(),
  /** One after the other unless told. */
  perSecond: z.number().optional(),
})

/** Service Unavailable */
const busy = 503

/** Milliseconds; of a call that a busy API refused for now, none. */
async function call(path: string): Promise<readonly number[]> {
  const begin = performance.now()
  const reply = await fetch(`${url}${path}`, { headers: { authorization } })
  await reply.arrayBuffer()
  if (reply.status === busy) return []
  if (!reply.ok) throw new Error(`${path} was answered ${reply.status}`)
  return [performance.now() - begin]
}

parentPort?.on('message', async (message: unknown) => {
  const { paths, times, perSecond } = order.parse(message)
  const found: Promise<readonly number[]>[] = []
  const began = performance.now()
  for (let index = 0; index < times; index += 1) {
    const early =
      perSecond === undefined ? 0 : began + (index * 1000) / perSecond - performance.now()
    if (early > 0) await sleep(early)
    const answer = call(paths[index % paths.length] ?? '/')
    found.push(answer)
    if (perSecond === undefined) await answer
  }
  parentPort?.postMessage((await Promise.all(found)).flat())
})
