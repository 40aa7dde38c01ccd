import type { ClusterNode } from './node.ts'

/** CREATING becomes RUNNING: from here on the cluster is in use. */
export async function updateClusterStatus(node: ClusterNode): Promise<void> {
  await node.store.clusters.setStatus(node.cluster.id, 'RUNNING')
  node.log('INFO', `Cluster ${node.cluster.name} is RUNNING`)
}
