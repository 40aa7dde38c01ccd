import type { NodeActivities } from '../activities/index.ts'
import { createPrimaryCluster } from '../plan/createCluster.ts'
import type { Plan } from '../plan/plan.ts'
import type { Run } from '../plan/run.ts'
import { runPlan } from './runner.ts'

/** OCP's `POST /api/v2/ob/clusters`. */
export const createCluster = (run: Run): Promise<void> => runPlan(createPrimaryCluster satisfies Plan<keyof NodeActivities>, run)
