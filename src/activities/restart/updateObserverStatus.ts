import { TransientError } from '../../errors/failure.ts'
import { lineOf } from '../../oceanbase/index.ts'
import { inWords, whatIsNotReady } from '../cluster/ready.ts'
import type { HostNode } from '../node.ts'
import { onCluster } from '../session.ts'

/** RESTARTING becomes RUNNING when the server is ready. */
export async function updateObserverStatus(node: HostNode<'clusters.setServers'>): Promise<void> {
  const { cluster, server } = node
  const listed = await onCluster(node, lineOf(cluster.version).servers)
  const reasons = await whatIsNotReady(node, [server], listed)
  if (reasons.length > 0) throw new TransientError(inWords(reasons))
  await node.store.clusters.setServers(cluster.id, [server.hostId], 'RUNNING')
}
