import { asc, eq } from 'drizzle-orm'
import { Refused } from '../errors/refused.ts'
import { type Said, say } from '../errors/say.ts'
import type { Plan } from '../plan/plan.ts'
import { type Db, endTasks, type Task, tasks } from '../store/acceptance.ts'
import * as schema from '../store/schema/index.ts'
import type { Operation, Rule } from './operation.ts'
import { type ClusterRow, lockClusters, waysOut } from './uses.ts'

type ServerRow = typeof schema.servers.$inferSelect

/** A cluster that is operated on, locked, as it was found. */
export interface Found {
  readonly cluster: ClusterRow
  readonly servers: readonly ServerRow[]
  /** Names, in order. */
  readonly zones: readonly string[]
}

export interface ClusterRequest {
  readonly clusterId: number
}

interface ClusterOperation<Name extends string> {
  readonly name: Name
  readonly title: string
  readonly chinese: string
  readonly plan: (found: Found) => Plan
  /** The kind of cluster it is for; any when absent. */
  readonly of?: ClusterRow['type']
  /**
   * Statuses that it starts from, the one shown meanwhile, and the one it ends in; none when the
   * cluster goes.
   */
  readonly from: readonly ClusterRow['status'][]
  readonly during: ClusterRow['status']
  readonly to?: ClusterRow['status']
  /** Whether an unfinished task of the cluster is no obstacle. */
  readonly passes?: (unfinished: Task, found: Found) => boolean
  /** Throws Refused for reasons of its own. */
  readonly refuse?: (tx: Db, found: Found) => Promise<void>
  readonly note?: (found: Found) => Said | undefined
}

async function find(tx: Db, clusterId: number): Promise<Found> {
  const { servers, zones } = schema
  const [cluster] = await lockClusters(tx, [clusterId])
  if (cluster === undefined) throw new Refused({ code: 'OBE11001', args: [clusterId] })
  const ofServer = eq(servers.clusterId, clusterId)
  const ofZone = eq(zones.clusterId, clusterId)
  const zoneRows = await tx.select().from(zones).where(ofZone).orderBy(asc(zones.position))
  return {
    cluster,
    servers: await tx.select().from(servers).where(ofServer).orderBy(asc(servers.position)),
    zones: zoneRows.map((zone) => zone.name),
  }
}

/** Throws Refused when the cluster is of another kind, in another state, or at work. */
async function refuseBusy<Name extends string>(
  tx: Db,
  spec: ClusterOperation<Name>,
  found: Found,
): Promise<void> {
  const { cluster } = found
  const { id, name, status, type } = cluster
  const unfinished = await tasks(tx).unfinishedOf(id)
  if (unfinished !== undefined && !spec.passes?.(unfinished, found)) {
    const task = `"${unfinished.name}" (${unfinished.id}, ${unfinished.status})`
    throw new Refused({ code: 'OBE11020', args: [name, task, waysOut(unfinished)] })
  }
  if (!spec.from.includes(status)) throw new Refused({ code: 'OBE11007', args: [name, status] })
  if (spec.of !== undefined && spec.of !== type) {
    throw new Refused({ code: 'COM10005', args: [say`cluster ${name} is a ${type} one`] })
  }
}

/** A task that has done its work already may be retried for its last steps. */
const retryable =
  (...statuses: readonly (ClusterRow['status'] | undefined)[]): Rule =>
  async (tx, { clusterId }) => {
    const [cluster] = await lockClusters(tx, clusterId === null ? [] : [clusterId])
    if (cluster === undefined || statuses.includes(cluster.status)) return
    throw new Refused({ code: 'OBE11007', args: [cluster.name, cluster.status] })
  }

/**
 * An operation on all of a cluster that is there: one at a time, over its hosts zone by zone. Its
 * context has the keys of OCP's samples.
 */
export const onCluster = <const Name extends string>(
  spec: ClusterOperation<Name>,
): Operation<Name, ClusterRequest> => ({
  name: spec.name,
  title: spec.title,
  chinese: spec.chinese,
  async accept({ tx, request: { clusterId } }) {
    const found = await find(tx, clusterId)
    await refuseBusy(tx, spec, found)
    await spec.refuse?.(tx, found)
    const { clusters } = schema
    await tx.update(clusters).set({ status: spec.during }).where(eq(clusters.id, clusterId))
    await endTasks(tx, eq(schema.tasks.clusterId, clusterId))
    const { cluster, servers, zones } = found
    const { name, obClusterId, type, version } = cluster
    const note = spec.note?.(found)
    return [
      {
        plan: spec.plan(found),
        targets: {
          hosts: servers.map(({ hostId, ip, zoneName }) => ({ id: hostId, ip, zone: zoneName })),
          zones,
        },
        context: {
          stringMap: {
            cluster_name: name,
            cluster_id: String(clusterId),
            service_type: 'OB_CLUSTER',
            former_cluster_status: cluster.status,
            ...(spec.to && { target_cluster_status: spec.to }),
            service_name: `${name}:${obClusterId}`,
            service_version: version,
            ob_cluster_id: String(obClusterId),
          },
          listMap: { host_ids: servers.map(({ hostId }) => String(hostId)) },
        },
        cluster: { id: clusterId, name, obClusterId, type },
        ...(note && { note }),
      },
    ]
  },
  refuseRetry: retryable(spec.during, spec.to),
})
