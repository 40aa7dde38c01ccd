import type { NodeActivities } from '../activities/index.ts'
import type { Plan } from '../plan/plan.ts'
import { prepareHost as prepareHostPlan } from '../plan/prepareHost.ts'
import type { Run } from '../plan/run.ts'
import { runPlan } from './runner.ts'

/** OCP's task behind `POST /api/v2/compute/hosts/batchCreate`, one per host. */
export const prepareHost = (run: Run): Promise<void> => runPlan(prepareHostPlan satisfies Plan<keyof NodeActivities>, run)
