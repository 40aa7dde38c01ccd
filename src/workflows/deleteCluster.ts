import type { NodeActivities } from '../activities/index.ts'
import { deletePrimaryCluster, deleteStandbyCluster as deleteStandbyClusterPlan } from '../plan/deleteCluster.ts'
import type { Plan } from '../plan/plan.ts'
import type { Run } from '../plan/run.ts'
import { runPlan } from './runner.ts'

/** OCP's `DELETE /api/v2/ob/clusters/{id}`. */
export const deleteCluster = (run: Run): Promise<void> => runPlan(deletePrimaryCluster satisfies Plan<keyof NodeActivities>, run)

/** The same call on a standby cluster. */
export const deleteStandbyCluster = (run: Run): Promise<void> =>
  runPlan(deleteStandbyClusterPlan satisfies Plan<keyof NodeActivities>, run)
