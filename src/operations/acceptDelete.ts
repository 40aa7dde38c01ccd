import { asc, eq } from 'drizzle-orm'
import { Refused } from '../errors/refused.ts'
import { clusterMakers } from '../store/clusterRemoval.ts'
import type { Db } from '../store/db.ts'
import { endTasks } from '../store/endTasks.ts'
import { type Creator, insertTask, type TaskWithSubtasks } from '../store/newTask.ts'
import * as schema from '../store/schema/index.ts'
import { tasks } from '../store/tasks.ts'
import { deletePrimaryCluster, deleteStandbyCluster } from './deleteCluster.ts'
import {
  type ClusterRow,
  lockClusters,
  lockObproxies,
  obproxiesOf,
  refuseWithStandbys,
  taskInWords,
  unfinishedOfObproxies,
  waysOut,
} from './uses.ts'

export interface DeleteRequest {
  readonly clusterId: number
  readonly creator: Creator
  readonly traceId?: string | undefined
}

/** States in which nothing works on a cluster; a cluster that nobody reaches can be deleted as well. */
const atRest: readonly ClusterRow['status'][] = ['RUNNING', 'STOPPED', 'UNAVAILABLE', 'ABANDONED']

const operations = {
  PRIMARY: { workflow: 'deleteCluster', plan: deletePrimaryCluster },
  STANDBY: { workflow: 'deleteStandbyCluster', plan: deleteStandbyCluster },
} as const

const isMaker = (workflow: string): boolean => clusterMakers.some((maker) => maker === workflow)

/**
 * Throws Refused when a cluster may not be deleted now. A create that FAILED before its cluster was RUNNING is rolled back instead; one that
 * failed later, in what it does for a cluster in use, does not keep that from being deleted.
 */
async function refuse(tx: Db, cluster: ClusterRow): Promise<void> {
  const { id, name, status } = cluster
  const unfinished = await tasks(tx).unfinishedOf(id)
  const ended = unfinished?.status === 'FAILED' && isMaker(unfinished.workflow) && atRest.includes(status)
  if (unfinished !== undefined && !ended) {
    throw new Refused({
      code: 'OBE11020',
      args: [name, `"${unfinished.name}" (${unfinished.id}, ${unfinished.status})`, waysOut(unfinished)],
    })
  }
  if (!atRest.includes(status)) throw new Refused({ code: 'OBE11007', args: [name, status] })
  await refuseWithStandbys(tx, cluster)
  const obproxies = await lockObproxies(tx, await obproxiesOf(tx, cluster))
  const changing = await unfinishedOfObproxies(
    tx,
    obproxies.map((row) => row.id),
  )
  if (changing === undefined) return
  const of = obproxies.find((row) => row.id === changing.obproxyClusterId)?.name
  throw new Refused({ code: 'COM10005', args: [`${taskInWords(changing)} on OBProxy cluster ${of}: ${waysOut(changing)}`] })
}

/** Accepts the deletion of a cluster in one transaction: it is DELETING, task and subtasks are written; or throws Refused. */
export const acceptDelete = (db: Db, { clusterId, creator, traceId }: DeleteRequest): Promise<TaskWithSubtasks> =>
  db.transaction(async (tx) => {
    const { clusters, servers, zones } = schema
    const [cluster] = await lockClusters(tx, [clusterId])
    if (cluster === undefined) throw new Refused({ code: 'OBE11001', args: [clusterId] })
    await refuse(tx, cluster)
    await tx.update(clusters).set({ status: 'DELETING' }).where(eq(clusters.id, clusterId))
    await endTasks(tx, eq(schema.tasks.clusterId, clusterId))
    const members = await tx.select().from(servers).where(eq(servers.clusterId, clusterId)).orderBy(asc(servers.position))
    const zoneRows = await tx.select().from(zones).where(eq(zones.clusterId, clusterId)).orderBy(asc(zones.position))
    const { workflow, plan } = operations[cluster.type]
    const { name, obClusterId, type, version } = cluster
    const targets = {
      hosts: members.map(({ hostId, ip }) => ({ id: hostId, ip })),
      zones: zoneRows.map((zone) => zone.name),
    }
    return insertTask(tx, {
      workflow,
      plan,
      targets,
      // The keys of OCP's sample.
      context: {
        stringMap: {
          cluster_name: name,
          cluster_id: String(clusterId),
          service_type: 'OB_CLUSTER',
          former_cluster_status: cluster.status,
          service_name: `${name}:${obClusterId}`,
          service_version: version,
          ob_cluster_id: String(obClusterId),
        },
        listMap: { host_ids: members.map(({ hostId }) => String(hostId)) },
      },
      creator,
      traceId,
      cluster: { id: clusterId, name, obClusterId, type },
    })
  })
