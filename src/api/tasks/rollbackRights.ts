import { isWorkflow, type WorkflowName } from '../../plan/run.ts'
import { allows, type Permission } from '../permissions.ts'

/** What a rollback needs beside TASK:*:UPDATE: the right of the call that does the same to what the task made. */
const rights: Readonly<Record<WorkflowName, Permission>> = {
  createCluster: 'CLUSTER:*:DELETE',
  createStandbyCluster: 'CLUSTER:*:DELETE',
  // A deletion cannot be rolled back; whoever could would create the cluster again.
  deleteCluster: 'CLUSTER:*:CREATE',
  deleteStandbyCluster: 'CLUSTER:*:CREATE',
  createObproxyCluster: 'OBPROXY:*:DELETE',
  deleteObproxyCluster: 'OBPROXY:*:CREATE',
  linkObproxy: 'OBPROXY:*:UPDATE',
  unlinkObproxy: 'OBPROXY:*:UPDATE',
  prepareHost: 'HOST:*:DELETE',
  prepareHosts: 'HOST:*:DELETE',
}

/** Whether a caller with these roles may roll a task back, or skip a step of its rollback. */
export const mayRollBack = (roles: readonly string[], workflow: string): boolean =>
  isWorkflow(workflow) && allows(roles, rights[workflow])
