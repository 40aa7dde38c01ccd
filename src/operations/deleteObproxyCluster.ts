import { once, type Plan, perHost, plan } from '../plan/plan.ts'

/** Both ends of the task are OCP's own sample, timeouts included: 0 is a node without a limit of its own. */
const start = once('Start node', 'startObproxyOffline', { timeout: '30s', undo: 'keepObproxyCluster', prohibitSkip: true })
const finish = once('Finish node', 'releaseObproxyCluster', { timeout: '0s', prohibitSkip: true })

const onHosts = plan('Offline obproxy', [
  start,
  perHost('Stop obproxy', 'stopObproxy', { timeout: '10m', undo: 'startObproxy' }),
  perHost('Uninstall obproxy rpm', 'removeObproxyRpm', { timeout: '30m', undo: 'installObproxyRpm' }),
  finish,
])

const withoutHosts = plan('Offline obproxy', [start, finish])

/** OCP's "Offline obproxy" for a number of hosts. */
export const deleteObproxyCluster = (hosts: number): Plan<(typeof onHosts)['stages'][number]['activity']> =>
  hosts === 0 ? withoutHosts : onHosts
