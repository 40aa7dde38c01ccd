import { lineOf } from '../../oceanbase/index.ts'
import type { ClusterNode } from '../node.ts'
import { onCluster } from '../session.ts'

/** Reads all tenants from the cluster's own tables into the store; a new cluster has sys alone. */
export async function syncTenants(node: ClusterNode<'clusters.saveTenants'>): Promise<void> {
  const tenants = await onCluster(node, lineOf(node.cluster.version).tenants)
  await node.store.clusters.saveTenants(
    node.cluster.id,
    tenants.map(({ id, ...tenant }) => ({ obTenantId: id, ...tenant })),
  )
  node.log('INFO', `${tenants.length} tenants: ${tenants.map((tenant) => tenant.name).join(', ')}`)
}
