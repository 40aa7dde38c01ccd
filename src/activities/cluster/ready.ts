import { TransientError } from '../../errors/failure.ts'
import { asIs, listed, type Said, say } from '../../errors/say.ts'
import {
  isServing,
  lineOf,
  type ObServer,
  observerStart,
  readObserverStart,
  type ServerSpec,
} from '../../oceanbase/index.ts'
import { inParallel } from '../inParallel.ts'
import type { ClusterNode } from '../node.ts'
import { asRoot, onCluster, selectOne } from '../session.ts'
import { until } from '../until.ts'
import { waitForSql } from './observers.ts'

/**
 * Why servers of a cluster are not ready, in words: none when each is served by the process that
 * runs now, has refreshed its schema and lets root in. `listed` has to be older than this question:
 * the root service takes a lost server for serving until its lease ends (10 s), so a server counts
 * only with a start_service_time later than the start of its process. Source: oceanbase
 * src/rootserver/ob_server_manager.cpp, from 4.2 on ob_heartbeat_service.cpp.
 */
export async function whatIsNotReady(
  node: ClusterNode,
  servers: readonly ServerSpec[],
  listed: readonly ObServer[],
): Promise<Said[]> {
  const reasons = await inParallel(servers, (server) => reasonOf(node, server, listed))
  return reasons.filter((reason) => reason !== undefined)
}

async function reasonOf(
  node: ClusterNode,
  server: ServerSpec,
  listed: readonly ObServer[],
): Promise<Said | undefined> {
  const { ip } = server
  const seen = listed.find((each) => each.ip === ip)
  if (seen === undefined) return say`${ip} is not listed`
  if (!isServing(seen) || seen.startServiceTime === null)
    return seen.stopTime === null
      ? say`${ip} is ${seen.status}`
      : say`${ip} is ${seen.status}, stopped`
  try {
    await asRoot(node, server, selectOne)
    const startedAt = await startOf(node, server)
    if (startedAt === undefined) return say`${ip} has no observer that runs`
    return seen.startServiceTime > startedAt
      ? undefined
      : say`${ip} has not begun to serve since its last start`
  } catch (error) {
    if (!(error instanceof TransientError)) throw error
    return error.reason
  }
}

async function startOf(node: ClusterNode, server: ServerSpec): Promise<number | undefined> {
  const host = await node.host(server.hostId)
  return readObserverStart(
    await host.must(observerStart(node.cluster), {
      as: node.cluster.osUser,
      title: 'look when observer was started',
    }),
  )
}

/** Most reasons that one log line can bear. */
export const inWords = (reasons: readonly Said[]): Said => listed(reasons.slice(0, 5), '; ')

/** Waits until servers that were started are ready; gives up as soon as a process is gone. */
export async function waitUntilReady(
  node: ClusterNode,
  servers: readonly ServerSpec[],
): Promise<void> {
  await inParallel(servers, (server) => waitForSql(node, server))
  const { servers: list } = lineOf(node.cluster.version)
  await until(asIs(servers.map(({ ip }) => ip).join(', ')), node, async () => {
    const reasons = await whatIsNotReady(node, servers, await onCluster(node, list))
    return reasons.length === 0 ? { ready: true } : { waiting: inWords(reasons) }
  })
}
