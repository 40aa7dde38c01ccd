import { deletion, deletionStages } from './deletion.ts'
import { onCluster } from './onCluster.ts'
import { clusterPlan } from './plans.ts'

/**
 * What is deleted cannot be taken back, so a run that failed is retried. A host that is gone for
 * good can be skipped; what the store knows of it goes all the same.
 */
export const deleteClusterPlan = clusterPlan('Delete primary OB cluster', deletionStages, {
  prohibitRollback: true,
})

export const deleteCluster = onCluster({
  name: 'deleteCluster',
  title: deleteClusterPlan.name,
  chinese: '删除主 OB 集群',
  of: 'PRIMARY',
  plan: () => deleteClusterPlan,
  ...deletion,
})
