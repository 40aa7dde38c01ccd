import { TransientError } from '../../errors/failure.ts'
import { isServing, lineOf } from '../../oceanbase/index.ts'
import type { HostNode } from '../node.ts'
import { onCluster } from '../session.ts'

/** RESTARTING becomes RUNNING when the cluster says that the server serves. */
export async function updateObserverStatus(node: HostNode): Promise<void> {
  const { cluster, server } = node
  const seen = await onCluster(node, lineOf(cluster.version).servers)
  if (!seen.some((each) => each.ip === server.ip && isServing(each))) {
    throw new TransientError(`${server.ip} does not serve`)
  }
  await node.store.clusters.setServers(cluster.id, [server.hostId], 'RUNNING')
}
