import { and, eq } from 'drizzle-orm'
import { Refused } from '../../errors/refused.ts'
import { say } from '../../errors/say.ts'
import type { Plan } from '../../plan/plan.ts'
import { type Db, type Keys, type ObproxyCluster, obproxy } from '../../store/acceptance.ts'
import * as schema from '../../store/schema/index.ts'
import type { Work } from '../operation.ts'
import {
  type ClusterRow,
  lockClusters,
  lockObproxies,
  taskInWords,
  unfinishedOfObproxies,
  waysOut,
  workingOnClusters,
} from '../uses.ts'
import type { WantedLink } from './rules.ts'

const { clusters } = schema

/**
 * The clusters that links name, locked, in their order; of a name with standbys the primary, unless
 * its obClusterId says another. Lock them before any OBProxy cluster.
 */
export async function linkedClusters(
  tx: Db,
  links: readonly WantedLink[],
): Promise<(ClusterRow | undefined)[]> {
  const ids: (number | undefined)[] = []
  for (const { clusterId, clusterName, obClusterId } of links) {
    const rows = await tx
      .select({ id: clusters.id, type: clusters.type })
      .from(clusters)
      .where(
        and(
          clusterId === undefined ? undefined : eq(clusters.id, clusterId),
          clusterName === undefined ? undefined : eq(clusters.name, clusterName),
          obClusterId === undefined ? undefined : eq(clusters.obClusterId, obClusterId),
        ),
      )
    ids.push((rows.find(({ type }) => type === 'PRIMARY') ?? rows[0])?.id)
  }
  const locked = await lockClusters(
    tx,
    ids.flatMap((id) => id ?? []),
  )
  const byId = new Map(locked.map((row) => [row.id, row]))
  return ids.map((id) => (id === undefined ? undefined : byId.get(id)))
}

/** Throws Refused while the create or the deletion of a cluster may change the same link. */
export async function refuseBusy(
  tx: Db,
  obproxyClusterId: number,
  rows: readonly ClusterRow[],
): Promise<void> {
  const changing = rows.filter(
    (row) => row.status === 'DELETING' || row.obproxyClusterIds.includes(obproxyClusterId),
  )
  const task = await workingOnClusters(
    tx,
    changing.map(({ id }) => id),
  )
  if (task === undefined) return
  throw new Refused({
    code: 'COM10005',
    args: [say`${taskInWords(task)} on cluster ${task.clusterName ?? ''}: ${waysOut(task)}`],
  })
}

export interface LinkRequest<Wanted> {
  readonly obproxyClusterId: number
  readonly wanted: Wanted
}

/** An OBProxy cluster, locked, that runs and that no unfinished task works on. Throws Refused. */
export async function idleObproxy(tx: Db, keys: Keys, id: number): Promise<ObproxyCluster> {
  await lockObproxies(tx, [id])
  const reads = obproxy(tx, keys)
  const found = await reads.get(id)
  if (found === undefined) throw new Refused({ code: 'ODP21001', args: [id] })
  const task = await unfinishedOfObproxies(tx, [id])
  if (task !== undefined) {
    throw new Refused({
      code: 'COM10005',
      args: [say`${taskInWords(task)} on OBProxy cluster ${found.name}: ${waysOut(task)}`],
    })
  }
  if (found.status === 'RUNNING') return found
  throw new Refused({
    code: 'COM10005',
    args: [say`OBProxy cluster ${found.name} is ${found.status}, not RUNNING`],
  })
}

/** The task that changes links of an OBProxy cluster. */
export const linkWork = (
  plan: Plan,
  found: ObproxyCluster,
  clusterIds: readonly number[],
): Work => ({
  plan,
  targets: { hosts: found.servers.map(({ hostId, ip }) => ({ id: hostId, ip })), zones: [] },
  context: {
    stringMap: { obproxy_cluster_id: String(found.id), obproxy_cluster_name: found.name },
    listMap: { cluster_ids: clusterIds.map(String) },
  },
  obproxyClusterId: found.id,
})
