import { once, perHost, plan } from '../plan/plan.ts'

/**
 * OCP's "Delete primary OB cluster": names, order and the three longer timeouts are its API page's own sample. What is deleted cannot be
 * taken back, so a run that failed is retried. A host that is gone for good can be skipped; what the store knows of it goes all the same.
 */
export const deletePrimaryCluster = plan(
  'Delete primary OB cluster',
  [
    once('Prepare delete cluster', 'prepareDeleteCluster', { timeout: '5m' }),
    perHost('Stop ocp agent service', 'stopAgent', { timeout: '3600s' }),
    perHost('Clean observer host', 'cleanObserverHost', { timeout: '1800s' }),
    once('Delete cluster info', 'deleteClusterInfo', { timeout: '1m', prohibitSkip: true }),
    once('Unreserve host', 'unreserveHost', { timeout: '1800s', prohibitSkip: true }),
  ],
  { prohibitRollback: true },
)

/** The same of a standby cluster; its name is not public and follows the primary's. */
export const deleteStandbyCluster = { ...deletePrimaryCluster, name: 'Delete standby OB cluster' }
