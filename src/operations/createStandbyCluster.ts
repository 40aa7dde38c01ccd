import { createOperation } from './create/accept.ts'
import { clusterPlan, once, perHost } from './plans.ts'

/**
 * A standby cluster of OceanBase 2.2 or 3.x. OCP's DAG for it is not public: this is the primary's
 * without what a standby cannot do, plus the steps that OceanBase's manual ("Create a standby
 * cluster") has the primary take. Users come with the primary's data and data may only be read, so
 * no password is set and no user made; the primary zone is not the user's to give; compaction
 * follows the primary's (OBE16005).
 */
export const createStandbyClusterPlan = clusterPlan('Create standby OB cluster', [
  once('Prepare install cluster', 'prepareInstallCluster', {
    timeout: '5m',
    undo: 'releaseCluster',
    prohibitSkip: true,
  }),
  once('Check primary cluster', 'checkPrimaryCluster', { timeout: '5m' }),
  perHost('Pre check for install OB', 'preCheck', { timeout: '30m' }),
  perHost('Install rpm', 'installRpm', { timeout: '1h', undo: 'removeRpm' }),
  perHost('Make dir for ob', 'makeDir', { timeout: '10m', undo: 'removeDir' }),
  perHost('Do io bench', 'ioBench', { timeout: '30m', undo: 'removeIoBench' }),
  // BOOTSTRAP registers the standby with its primary, so undoing it begins there.
  once('Bootstrap ob', 'bootstrapOb', { timeout: '1h', undo: 'clearStandby' }),
  once('Restart observer process', 'restartObserver', { timeout: '20m' }),
  once('Wait observer accessible', 'waitObserverAccessible', { timeout: '30m' }),
  once('Add standby cluster', 'addStandbyCluster', { timeout: '10m' }),
  once('Check standby cluster', 'checkStandbyCluster', { timeout: '20m' }),
  once('Wait cluster accessible', 'waitClusterAccessible', { timeout: '20m' }),
  perHost('Refresh ocp agent config', 'refreshAgentConfig', {
    timeout: '1h',
    undo: 'restoreAgentConfig',
  }),
  perHost('Start ocp agent service', 'startAgent', { timeout: '30m' }),
  once('Sync cluster info', 'syncClusterInfo', { timeout: '1m' }),
  once('Sync all tenant information', 'syncTenants', { timeout: '5m' }),
  once('Update OB cluster status', 'updateClusterStatus', { timeout: '30s', prohibitSkip: true }),
  once('Link obproxy', 'linkObproxy', { timeout: '10m', undo: 'unlinkObproxy' }),
])

export const createStandbyCluster = createOperation({
  name: 'createStandbyCluster',
  chinese: '创建备 OB 集群',
  plan: createStandbyClusterPlan,
})
