import { observerState, readObserverState } from '../../oceanbase/index.ts'
import type { HostNode } from '../node.ts'
import { waitForOthers } from './rolling.ts'

/**
 * The last look before the observer is stopped: which process it is, and that the other zones carry
 * the cluster.
 */
export async function prepareRestartObserver(node: HostNode<'clusters.setServers'>): Promise<void> {
  const { cluster, server, target } = node
  await waitForOthers(node)
  const found = readObserverState(
    await target.must(observerState(cluster), { as: cluster.osUser, title: 'look for observer' }),
  )
  await node.store.clusters.setServers(cluster.id, [server.hostId], 'RESTARTING')
  node.log(
    'INFO',
    found ? `Observer ${found.pid} is to be restarted` : 'No observer runs: it is only started',
  )
}
