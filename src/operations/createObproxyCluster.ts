import { once, type Plan, perHost, plan } from '../plan/plan.ts'

/** Both ends of the task are OCP's own sample, timeouts included: 0 is a node without a limit of its own. */
const prepare = once('Prepare obproxy install', 'prepareObproxyInstall', {
  timeout: '300s',
  undo: 'releaseObproxyCluster',
  prohibitSkip: true,
})
const finish = once('Finish node', 'finishObproxyInstall', { timeout: '0s', prohibitSkip: true })

const onHosts = plan('Install obproxy', [
  prepare,
  perHost('Pre check for install obproxy', 'preCheckObproxy', { timeout: '30m' }),
  perHost('Install obproxy rpm', 'installObproxyRpm', { timeout: '1h', undo: 'removeObproxyRpm' }),
  perHost('Start obproxy', 'startObproxy', { timeout: '10m', undo: 'stopObproxy' }),
  once('Link obproxy', 'linkObClusters', { timeout: '10m' }),
  finish,
])

/** OCP's sample is of an OBProxy cluster without proxies yet: two nodes. */
const withoutHosts = plan('Install obproxy', [prepare, finish])

/** OCP's "Install obproxy" for a number of hosts. */
export const createObproxyCluster = (hosts: number): Plan<(typeof onHosts)['stages'][number]['activity']> =>
  hosts === 0 ? withoutHosts : onHosts
