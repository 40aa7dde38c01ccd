import { type Cause, DefiniteError, saidBy } from '../errors/failure.ts'
import { asIs, inEnglish, listed, type Said, say } from '../errors/say.ts'
import { errorTail, failureAdvice, type ServerSpec } from '../oceanbase/index.ts'
import { inParallel } from './inParallel.ts'
import type { ClusterNode } from './node.ts'

/** Characters of log in one failure; it travels through Temporal's history. */
const limit = 3_000

/**
 * The last errors of each observer's own logs, shared out over the limit. What cannot be read says
 * so and hides nothing else.
 */
async function logTails(
  node: ClusterNode,
  servers: readonly ServerSpec[],
  of: 'start' | 'bootstrap',
): Promise<readonly Said[]> {
  const share = Math.floor(limit / Math.max(1, servers.length))
  return inParallel(servers, async (server) => {
    try {
      const host = await node.host(server.hostId)
      const tail = (
        await host.must(errorTail(node.cluster, of), {
          as: node.cluster.osUser,
          title: 'read observer.log',
        })
      ).trim()
      return tail === '' ? asIs('') : say`\nlogs of ${server.ip}:\n${tail.slice(-share)}`
    } catch (error) {
      return say`\nlogs of ${server.ip} could not be read: ${saidBy(error)}`
    }
  })
}

const failureWith =
  (of: 'start' | 'bootstrap') =>
  async (
    node: ClusterNode,
    cause: Omit<Cause, 'advice'>,
    servers: readonly ServerSpec[],
    options?: ErrorOptions,
  ): Promise<DefiniteError> => {
    const message = listed([cause.message, ...(await logTails(node, servers, of))], '')
    const advice = failureAdvice(inEnglish(message))
    return new DefiniteError({ ...cause, message, advice }, options)
  }

/**
 * A definite failure of observers to start, with what they themselves wrote, and advice where the
 * words are known.
 */
export const observerFailure = failureWith('start')

/** The same of BOOTSTRAP and ADD SERVER, with what the leader's root service wrote. */
export const bootstrapFailure = failureWith('bootstrap')
