import { and, eq, inArray, notInArray } from 'drizzle-orm'
import type { Db } from './db.ts'
import type { Keys } from './key.ts'
import * as schema from './schema/index.ts'
import { secrets } from './secrets.ts'

const { clusters, hosts, hostServices, tasks } = schema

const makers = ['createCluster', 'createStandbyCluster']

/** How a cluster leaves the store. Each step does nothing the second time. */
export function clusterRemoval(db: Db, keys: Keys) {
  const unreserve = async (tx: Db, clusterId: number): Promise<string[]> => {
    const freed = await tx
      .delete(hostServices)
      .where(and(eq(hostServices.type, 'OB_CLUSTER'), eq(hostServices.clusterId, clusterId)))
      .returning({ hostId: hostServices.hostId })
    const busy = tx
      .select({ id: hostServices.hostId })
      .from(hostServices)
      .where(inArray(hostServices.type, ['OB_CLUSTER', 'OB_PROXY']))
    const ids = freed.map((row) => row.hostId)
    const available = await tx
      .update(hosts)
      .set({ status: 'AVAILABLE' })
      .where(and(inArray(hosts.id, ids), eq(hosts.status, 'ONLINE'), notInArray(hosts.id, busy)))
      .returning({ ip: hosts.innerIpAddress })
    return available.map((host) => host.ip)
  }

  const forget = async (tx: Db, clusterId: number): Promise<void> => {
    await tx.delete(clusters).where(eq(clusters.id, clusterId))
    await secrets(tx, keys).removeBelow(`cluster/${clusterId}/`)
  }

  return {
    /** The task that made the cluster: what it made on hosts is marked with this id. */
    async madeBy(clusterId: number): Promise<number | undefined> {
      const made = and(eq(tasks.clusterId, clusterId), inArray(tasks.workflow, makers))
      return (await db.select({ id: tasks.id }).from(tasks).where(made))[0]?.id
    },
    /** Its hosts no longer serve the cluster. Gives the addresses of those that are AVAILABLE by it. */
    unreserve: (clusterId: number): Promise<string[]> => db.transaction((tx) => unreserve(tx, clusterId)),
    /** The cluster, its zones, servers, tenants, links and secrets are gone. Its hosts stay reserved, its tasks stay to be read. */
    forget: (clusterId: number): Promise<void> => db.transaction((tx) => forget(tx, clusterId)),
    /** Undoes the acceptance of a cluster: both at once. */
    release: (clusterId: number): Promise<void> =>
      db.transaction(async (tx) => {
        await unreserve(tx, clusterId)
        await forget(tx, clusterId)
      }),
  }
}
