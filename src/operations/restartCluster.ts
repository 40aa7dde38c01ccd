import { say } from '../errors/say.ts'
import { type Found, onCluster } from './onCluster.ts'
import { clusterPlan, once, perHost, zoneByZone } from './plans.ts'

/** With fewer zones than this a majority does not survive the stop of one. */
const zonesToRoll = 3

const before = once('Prepare restart cluster', 'prepareRestartCluster', { timeout: '5m' })

const stages = [
  once('Set zone context', 'setZoneContext', { timeout: '20m' }),
  once('Prepare restart OB zone', 'prepareRestartZone', { timeout: '15m' }),
  perHost('Prepare restart observer', 'prepareRestartObserver', { timeout: '20m' }),
  perHost('Stop observer process', 'stopObserverProcess', { timeout: '10m' }),
  perHost('Start observer process', 'startObserverProcess', { timeout: '10m' }),
  once('Wait observer accessible', 'waitObserverAccessible', { timeout: '30m' }),
  perHost('Start ocp agent service', 'startAgent', { timeout: '30m' }),
  perHost('Start server', 'startServer', { timeout: '30m' }),
  perHost('Update observer status', 'updateObserverStatus', { timeout: '5m' }),
  once('Start zone', 'startZone', { timeout: '30m' }),
  once('Update zone status', 'updateZoneStatus', { timeout: '5m' }),
] as const

const after = [
  once('Sync cluster info', 'syncClusterInfo', { timeout: '1m' }),
  once('Sync all tenant information', 'syncTenants', { timeout: '5m' }),
  once('Update OB cluster status', 'updateClusterStatus', { timeout: '30s', prohibitSkip: true }),
] as const

// What was restarted cannot be taken back; a run that failed is retried, a dead host skipped.
const options = { prohibitRollback: true } as const

/** One zone after the other: the cluster serves all the while. */
const rolling = clusterPlan(
  'Restart OB cluster',
  [before, zoneByZone(...stages), ...after],
  options,
)

/** All servers at once. For one zone this is OCP's sample. */
const atOnce = clusterPlan('Restart OB cluster', [before, ...stages, ...after], options)

const rolls = ({ zones }: Pick<Found, 'zones'>): boolean => zones.length >= zonesToRoll

/** OCP's "Restart OB cluster" for so many zones. */
export const restartClusterPlan = (found: Pick<Found, 'zones'>) => (rolls(found) ? rolling : atOnce)

export const restartCluster = onCluster({
  name: 'restartCluster',
  title: rolling.name,
  chinese: '重启 OB 集群',
  plan: restartClusterPlan,
  from: ['RUNNING'],
  during: 'RESTARTING',
  to: 'RUNNING',
  note: (found) =>
    rolls(found)
      ? say`The zones are restarted one after the other: the cluster serves all the while.`
      : say`All servers are restarted at once: with fewer than ${zonesToRoll} zones no majority would be left. The cluster does not serve meanwhile.`,
})
