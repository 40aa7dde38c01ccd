import { createOperation } from './create/accept.ts'
import { clusterPlan, once, perHost } from './plans.ts'

/**
 * OCP's "Create primary OB cluster": names and order are the API page's own sample; a published
 * timeout is kept where OCP prints one for the node of that name, the others are this project's.
 * For one host 23 subtasks, for N hosts 23 + 6(N−1).
 */
export const createClusterPlan = clusterPlan('Create primary OB cluster', [
  once('Prepare install cluster', 'prepareInstallCluster', {
    timeout: '5m',
    undo: 'releaseCluster',
    prohibitSkip: true,
  }),
  perHost('Pre check for install OB', 'preCheck', { timeout: '30m' }),
  perHost('Install rpm', 'installRpm', { timeout: '1h', undo: 'removeRpm' }),
  perHost('Make dir for ob', 'makeDir', { timeout: '10m', undo: 'removeDir' }),
  perHost('Do io bench', 'ioBench', { timeout: '30m', undo: 'removeIoBench' }),
  once('Bootstrap ob', 'bootstrapOb', { timeout: '1h', undo: 'clearObservers' }),
  once('Restart observer process', 'restartObserver', { timeout: '20m' }),
  once('Wait observer accessible', 'waitObserverAccessible', { timeout: '30m' }),
  once('Set sys password', 'setSysPassword', { timeout: '5m' }),
  once('Create default user', 'createDefaultUser', { timeout: '3m' }),
  once('Set sys primary zone', 'setSysPrimaryZone', { timeout: '10m' }),
  once('Wait cluster accessible', 'waitClusterAccessible', { timeout: '20m' }),
  perHost('Refresh ocp agent config', 'refreshAgentConfig', {
    timeout: '1h',
    undo: 'restoreAgentConfig',
  }),
  perHost('Start ocp agent service', 'startAgent', { timeout: '30m' }),
  once('Sync cluster info', 'syncClusterInfo', { timeout: '1m' }),
  once('Sync all tenant information', 'syncTenants', { timeout: '5m' }),
  once('Update OB cluster status', 'updateClusterStatus', { timeout: '30s', prohibitSkip: true }),
  once('Trigger compaction', 'triggerCompaction', { timeout: '10m' }),
  once('Link obproxy', 'linkObproxy', { timeout: '10m', undo: 'unlinkObproxy' }),
])

export const createCluster = createOperation({
  name: 'createCluster',
  chinese: '创建主 OB 集群',
  plan: createClusterPlan,
})
