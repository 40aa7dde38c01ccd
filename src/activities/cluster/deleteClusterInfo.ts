import type { Node } from '../node.ts'
import { clusterIdOf } from './clusterId.ts'

/**
 * Takes the cluster and its passwords out of the store; its tasks stay to be read. Does nothing the
 * second time.
 */
export async function deleteClusterInfo({
  input,
  store,
  log,
}: Node<'clusters.forget'>): Promise<void> {
  const clusterId = clusterIdOf(input)
  await store.clusters.forget(clusterId)
  log('INFO', `Cluster ${clusterId} and its passwords are forgotten`)
}
