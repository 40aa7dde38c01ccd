import type { NodeActivities } from '../activities/index.ts'
import { createObproxyCluster as createPlan } from '../plan/createObproxyCluster.ts'
import { deleteObproxyCluster as deletePlan } from '../plan/deleteObproxyCluster.ts'
import * as links from '../plan/linkObproxy.ts'
import type { Plan } from '../plan/plan.ts'
import type { Run } from '../plan/run.ts'
import { runPlan } from './runner.ts'

type Known = Plan<keyof NodeActivities>

/** OCP's `POST /api/v2/obproxy/clusters`. */
export const createObproxyCluster = (run: Run): Promise<void> => runPlan(createPlan(run.hosts.length) satisfies Known, run)

/** OCP's `DELETE /api/v2/obproxy/clusters/{id}`. */
export const deleteObproxyCluster = (run: Run): Promise<void> => runPlan(deletePlan(run.hosts.length) satisfies Known, run)

/** OCP's `POST …/obLinks/batchAdd` and `DELETE …/obLinks/{obClusterName}`. */
export const linkObproxy = (run: Run): Promise<void> => runPlan(links.linkObproxy satisfies Known, run)
export const unlinkObproxy = (run: Run): Promise<void> => runPlan(links.unlinkObproxy satisfies Known, run)
