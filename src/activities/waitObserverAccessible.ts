import { serversOf } from '../oceanbase/index.ts'
import { inParallel } from './inParallel.ts'
import type { ClusterNode } from './node.ts'
import { waitForSql } from './observers.ts'

/** Waits until every observer, not only the first, answers `SELECT 1` as root. */
export async function waitObserverAccessible(node: ClusterNode): Promise<void> {
  const servers = serversOf(node.cluster)
  await inParallel(servers, (server) => waitForSql(node, server))
  node.log('INFO', `${servers.length} of ${servers.length} observers answer`)
}
