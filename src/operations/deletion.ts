import { Refused } from '../errors/refused.ts'
import { say } from '../errors/say.ts'
import type { Db, Task } from '../store/acceptance.ts'
import type { Found } from './onCluster.ts'
import { type ClusterStage, once, perHost } from './plans.ts'
import {
  type ClusterRow,
  lockObproxies,
  obproxiesOf,
  refuseWithStandbys,
  taskInWords,
  unfinishedOfObproxies,
  waysOut,
} from './uses.ts'

// What the deletions of both kinds of cluster share.

/**
 * States in which nothing works on a cluster; a cluster that nobody reaches can be deleted as well.
 */
const atRest: readonly ClusterRow['status'][] = ['RUNNING', 'STOPPED', 'UNAVAILABLE', 'ABANDONED']

/**
 * OCP's "Delete primary OB cluster": names, order and the three longer timeouts are its API page's
 * own sample.
 */
export const deletionStages: readonly ClusterStage[] = [
  once('Prepare delete cluster', 'prepareDeleteCluster', { timeout: '5m' }),
  perHost('Stop ocp agent service', 'stopAgent', { timeout: '3600s' }),
  perHost('Clean observer host', 'cleanObserverHost', { timeout: '1800s' }),
  once('Delete cluster info', 'deleteClusterInfo', { timeout: '1m', prohibitSkip: true }),
  once('Unreserve host', 'unreserveHost', { timeout: '1800s', prohibitSkip: true }),
]

/**
 * A create that FAILED before its cluster was RUNNING is rolled back instead; one that failed
 * later, in what it does for a cluster in use, does not keep that from being deleted.
 */
const isEndedCreate = ({ id, status }: Task, { cluster, servers }: Found): boolean =>
  status === 'FAILED' &&
  atRest.includes(cluster.status) &&
  servers.some(({ taskId }) => taskId === id)

/** Throws Refused while something depends on the cluster: a standby, or a change of its proxies. */
async function refuseInUse(tx: Db, { cluster }: Found): Promise<void> {
  await refuseWithStandbys(tx, cluster)
  const obproxies = await lockObproxies(tx, await obproxiesOf(tx, cluster))
  const changing = await unfinishedOfObproxies(
    tx,
    obproxies.map((row) => row.id),
  )
  if (changing === undefined) return
  const of = obproxies.find((row) => row.id === changing.obproxyClusterId)?.name
  const reason = say`${taskInWords(changing)} on OBProxy cluster ${of}: ${waysOut(changing)}`
  throw new Refused({ code: 'COM10005', args: [reason] })
}

export const deletion = {
  from: atRest,
  during: 'DELETING',
  passes: isEndedCreate,
  refuse: refuseInUse,
} as const
