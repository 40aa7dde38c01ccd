import { clusterIdOf } from '../cluster/clusterId.ts'
import type { Node } from '../node.ts'

/**
 * Hosts that served the cluster are AVAILABLE, unless something else runs on them. The cluster
 * itself is gone by now.
 */
export async function unreserveHost({
  input,
  store,
  log,
}: Node<'clusters.unreserve'>): Promise<void> {
  const freed = await store.clusters.unreserve(clusterIdOf(input))
  log(
    'INFO',
    freed.length === 0 ? 'No host was reserved any more' : `AVAILABLE again: ${freed.join(', ')}`,
  )
}
