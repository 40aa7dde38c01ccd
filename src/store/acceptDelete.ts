import { and, asc, eq } from 'drizzle-orm'
import { Refused } from '../errors/refused.ts'
import { deletePrimaryCluster, deleteStandbyCluster } from '../plan/deleteCluster.ts'
import type { Db } from './db.ts'
import { type Creator, insertTask, type TaskWithSubtasks } from './newTask.ts'
import * as schema from './schema/index.ts'
import { tasks } from './tasks.ts'

export interface DeleteRequest {
  readonly clusterId: number
  readonly creator: Creator
  readonly traceId?: string | undefined
}

type ClusterRow = typeof schema.clusters.$inferSelect

/** States in which nothing works on a cluster; a cluster that nobody reaches can be deleted as well. */
const atRest: readonly ClusterRow['status'][] = ['RUNNING', 'STOPPED', 'UNAVAILABLE', 'ABANDONED']

const operations = {
  PRIMARY: { workflow: 'deleteCluster', plan: deletePrimaryCluster },
  STANDBY: { workflow: 'deleteStandbyCluster', plan: deleteStandbyCluster },
} as const

/**
 * Why a cluster may not be deleted now. A create that FAILED and was not taken back is an unfinished task: rolling it back is what deletes
 * such a cluster.
 */
async function refuse(tx: Db, { id, name, status, type }: ClusterRow): Promise<void> {
  const unfinished = await tasks(tx).unfinishedOf(id)
  if (unfinished !== undefined) {
    throw new Refused({ code: 'OBE11020', args: [name, `"${unfinished.name}" (${unfinished.id}, ${unfinished.status})`] })
  }
  if (!atRest.includes(status)) throw new Refused({ code: 'OBE11007', args: [name, status] })
  if (type === 'STANDBY') return
  const standbys = await tx
    .select({ obClusterId: schema.clusters.obClusterId })
    .from(schema.clusters)
    .where(and(eq(schema.clusters.name, name), eq(schema.clusters.type, 'STANDBY')))
  if (standbys.length === 0) return
  const names = standbys.map((standby) => `${name}:${standby.obClusterId}`).join(', ')
  throw new Refused({ code: 'COM10005', args: [`${names} is its standby and has to be deleted first`] })
}

/** Accepts the deletion of a cluster in one transaction: it is DELETING, task and subtasks are written; or throws Refused. */
export const acceptDelete = (db: Db, { clusterId, creator, traceId }: DeleteRequest): Promise<TaskWithSubtasks> =>
  db.transaction(async (tx) => {
    const { clusters, servers, zones } = schema
    const [cluster] = await tx.select().from(clusters).where(eq(clusters.id, clusterId)).for('update')
    if (cluster === undefined) throw new Refused({ code: 'OBE11001', args: [clusterId] })
    await refuse(tx, cluster)
    await tx.update(clusters).set({ status: 'DELETING' }).where(eq(clusters.id, clusterId))
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
