import type { FastifyReply } from 'fastify'
import type { RateLimits } from '../../environment.ts'

/** OCP's windows, in seconds. */
const windows = [10, 60, 3600, 86_400] as const

interface Count {
  readonly limit: number
  calls: number
  endsAt: number
}

/** Users counted at a time. */
const remembered = 10_000

/**
 * Counts the calls of each user, in this process; a window begins with its first call. Tells of the
 * window with the least left, in the headers OCP gives them, and whether the call is one too many.
 */
export function rateLimiter(limits: RateLimits, clock: () => Date) {
  const users = new Map<number, Count[]>()
  const begin = (now: number): Count[] =>
    windows.flatMap((seconds, index) => {
      const limit = limits[index] ?? 0
      return limit > 0 ? [{ limit, calls: 0, endsAt: now + seconds * 1000 }] : []
    })

  return (userId: number, reply: FastifyReply): { readonly exceeded: boolean } => {
    const now = clock().getTime()
    const fresh = begin(now)
    const counts = (users.get(userId) ?? fresh).map((count, index) =>
      count.endsAt > now ? count : (fresh[index] ?? count),
    )
    if (!users.has(userId) && users.size >= remembered) users.clear()
    users.set(userId, counts)
    for (const count of counts) count.calls += 1
    const [tightest] = counts.toSorted(
      (left, right) => left.limit - left.calls - (right.limit - right.calls),
    )
    if (tightest === undefined) return { exceeded: false }
    reply.headers({
      'RateLimit-Limit': tightest.limit,
      'RateLimit-Remaining': Math.max(tightest.limit - tightest.calls, 0),
      'RateLimit-Reset': Math.ceil((tightest.endsAt - now) / 1000),
    })
    return { exceeded: tightest.calls > tightest.limit }
  }
}
