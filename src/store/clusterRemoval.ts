import { and, eq, notExists } from 'drizzle-orm'
import { DefiniteError } from '../errors/failure.ts'
import { say } from '../errors/say.ts'
import { secretOf } from '../secretOf.ts'
import type { Db } from './db.ts'
import { freeHosts } from './freeHosts.ts'
import type { Keys } from './key.ts'
import * as schema from './schema/index.ts'
import { secrets } from './secrets.ts'

const { clusters, hostServices } = schema

/** How a cluster leaves the store. Each step does nothing the second time. */
export function clusterRemoval(db: Db, keys: Keys) {
  // Hosts are never taken from a cluster that exists.
  const unreserve = async (tx: Db, clusterId: number): Promise<string[]> => {
    const gone = notExists(
      tx.select({ id: clusters.id }).from(clusters).where(eq(clusters.id, clusterId)),
    )
    const ofCluster = eq(hostServices.clusterId, clusterId)
    return freeHosts(tx, and(eq(hostServices.type, 'OB_CLUSTER'), ofCluster, gone))
  }

  // The state is part of the statement: nothing comes between the look and the deletion.
  const forget = async (
    tx: Db,
    clusterId: number,
    status: 'CREATING' | 'DELETING',
  ): Promise<void> => {
    const gone = await tx
      .delete(clusters)
      .where(and(eq(clusters.id, clusterId), eq(clusters.status, status)))
      .returning({ id: clusters.id })
    const [other] =
      gone.length > 0 ? [] : await tx.select().from(clusters).where(eq(clusters.id, clusterId))
    if (other !== undefined) {
      throw new DefiniteError({
        code: 'OBE11008',
        message: say`cluster ${other.name} is ${other.status}, it must be ${status}: it stays, and so do its hosts`,
      })
    }
    await secrets(tx, keys).removeBelow(secretOf.cluster(clusterId).all)
  }

  return {
    /**
     * Its hosts no longer serve the cluster. Gives the addresses of those that are AVAILABLE by it.
     */
    unreserve: (clusterId: number): Promise<string[]> =>
      db.transaction((tx) => unreserve(tx, clusterId)),
    /**
     * A DELETING cluster, its zones, servers, tenants, links and secrets are gone. Its hosts stay
     * reserved, its tasks stay to be read. Throws DefiniteError OBE11008 when it is in another
     * state.
     */
    forget: (clusterId: number): Promise<void> =>
      db.transaction((tx) => forget(tx, clusterId, 'DELETING')),
    /**
     * Undoes the acceptance of a CREATING cluster: both at once. Throws DefiniteError OBE11008 when
     * it is in another state.
     */
    release: (clusterId: number): Promise<void> =>
      db.transaction(async (tx) => {
        await forget(tx, clusterId, 'CREATING')
        await unreserve(tx, clusterId)
      }),
  }
}
