import { deletion, deletionStages } from './deletion.ts'
import { onCluster } from './onCluster.ts'
import { clusterPlan } from './plans.ts'

/** The same as of a primary; its name is not public and follows the primary's. */
export const deleteStandbyClusterPlan = clusterPlan('Delete standby OB cluster', deletionStages, {
  prohibitRollback: true,
})

export const deleteStandbyCluster = onCluster({
  name: 'deleteStandbyCluster',
  title: deleteStandbyClusterPlan.name,
  chinese: '删除备 OB 集群',
  of: 'STANDBY',
  plan: () => deleteStandbyClusterPlan,
  ...deletion,
})
