import type { NodeActivities } from '../activities/index.ts'
import { createStandbyCluster as createStandbyClusterPlan } from '../plan/createStandbyCluster.ts'
import type { Plan } from '../plan/plan.ts'
import type { Run } from '../plan/run.ts'
import { runPlan } from './runner.ts'

/** OCP's `POST /api/v2/ob/clusters` with `type: STANDBY`. */
export const createStandbyCluster = (run: Run): Promise<void> =>
  runPlan(createStandbyClusterPlan satisfies Plan<keyof NodeActivities>, run)
