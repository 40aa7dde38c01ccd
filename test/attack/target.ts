import { z } from 'zod'

/** What a stranger may know: addresses, small numbers and names, all of them guessable. */
export const target = z.object({
  /** Where something listens, as `address:port`. */
  doors: z.array(z.string()),
  temporal: z.string(),
  namespace: z.string(),
  dataDir: z.string(),
  clusterId: z.number(),
  clusterName: z.string(),
  hostId: z.number(),
  hostIp: z.string(),
  taskId: z.number(),
  firstSubtaskId: z.number(),
  workflowIds: z.array(z.string()),
})
export type Target = z.infer<typeof target>

/** One thing that was tried, and what came of it. */
export const attempt = z.object({ what: z.string(), came: z.string(), through: z.boolean() })
export type Attempt = z.infer<typeof attempt>

const limitMs = 6_000

/** Tries something for a few seconds at most; it got through when it did not fail. */
export async function attemptTo(what: string, tried: () => Promise<unknown>): Promise<Attempt> {
  try {
    const late = new Promise<never>((_, reject) =>
      setTimeout(() => reject(new Error('no answer')), limitMs).unref(),
    )
    const came = await Promise.race([tried(), late])
    return { what, came: String(came ?? '').slice(0, 200), through: true }
  } catch (error) {
    return {
      what,
      came: (error instanceof Error ? error.message : String(error)).slice(0, 200),
      through: false,
    }
  }
}
