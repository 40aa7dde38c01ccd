import { type Cause, DefiniteError } from '../errors/failure.ts'
import { errorTail, failureAdvice, type ServerSpec } from '../oceanbase/index.ts'
import { inParallel } from './inParallel.ts'
import type { ClusterNode } from './node.ts'

/** Characters of log in one failure; it travels through Temporal's history. */
const limit = 3_000

/**
 * The last errors of each observer's own log, shared out over the limit. What cannot be read says
 * so and hides nothing else.
 */
async function logTails(node: ClusterNode, servers: readonly ServerSpec[]): Promise<string> {
  const share = Math.floor(limit / Math.max(1, servers.length))
  const tails = await inParallel(servers, async (server) => {
    try {
      const host = await node.host(server.hostId)
      const tail = (
        await host.must(errorTail(node.cluster), {
          as: node.cluster.osUser,
          title: 'read observer.log',
        })
      ).trim()
      return tail === '' ? '' : `\nobserver.log of ${server.ip}:\n${tail.slice(-share)}`
    } catch (error) {
      return `\nobserver.log of ${server.ip} could not be read: ${error instanceof Error ? error.message : String(error)}`
    }
  })
  return tails.join('')
}

/**
 * A definite failure that carries what the observers themselves wrote, and advice where the words
 * are known.
 */
export async function observerFailure(
  node: ClusterNode,
  cause: Omit<Cause, 'advice'>,
  servers: readonly ServerSpec[],
  options?: ErrorOptions,
): Promise<DefiniteError> {
  const message = `${cause.message}${await logTails(node, servers)}`
  return new DefiniteError({ ...cause, message, advice: failureAdvice(message) }, options)
}
