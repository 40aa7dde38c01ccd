import { and, eq, inArray } from 'drizzle-orm'
import { DefiniteError } from '../errors/failure.ts'
import { say } from '../errors/say.ts'
import { secretOf } from '../secretOf.ts'
import type { Db } from './db.ts'
import { freeHosts } from './freeHosts.ts'
import type { Keys } from './key.ts'
import { obproxyReads } from './obproxyReads.ts'
import * as schema from './schema/index.ts'
import { secrets } from './secrets.ts'

const { obproxyClusters, obproxyServers, obproxyLinks, hostServices } = schema

type ObproxyStatus = (typeof schema.obproxyStatuses)[number]
type NewRow = typeof obproxyClusters.$inferInsert

export interface NewObproxyCluster extends Omit<NewRow, 'id' | 'createTime' | 'updateTime'> {
  readonly servers: readonly {
    readonly hostId: number
    readonly sqlPort: number
    readonly exporterPort: number
    readonly version: string | null
    readonly status: ObproxyStatus
  }[]
}

/** Hosts of an OBProxy cluster serve it no more; those that serve nothing else are AVAILABLE. */
const free = (tx: Db, id: number): Promise<string[]> =>
  freeHosts(tx, and(eq(hostServices.type, 'OB_PROXY'), eq(hostServices.clusterId, id)))

/** OBProxy clusters, their processes and the clusters they are linked to. */
export function obproxy(db: Db, keys: Keys) {
  return {
    ...obproxyReads(db),
    /** The new cluster's id; undefined when the name is taken. */
    create: ({ servers, ...facts }: NewObproxyCluster): Promise<number | undefined> =>
      db.transaction(async (tx) => {
        const row = (
          await tx
            .insert(obproxyClusters)
            .values(facts)
            .onConflictDoNothing()
            .returning({ id: obproxyClusters.id })
        )[0]
        if (row === undefined) return undefined
        if (servers.length > 0)
          await tx
            .insert(obproxyServers)
            .values(servers.map((server) => ({ obproxyClusterId: row.id, ...server })))
        return row.id
      }),
    /** The task that makes it. */
    async setMaker(id: number, taskId: number): Promise<void> {
      await db.update(obproxyClusters).set({ taskId }).where(eq(obproxyClusters.id, id))
    },
    /** Where clients go; nothing happens when there is no such OBProxy cluster. */
    async setAddress(
      id: number,
      { address, port }: { readonly address: string; readonly port: number },
    ): Promise<void> {
      const set = { address, port, updateTime: new Date() }
      await db.update(obproxyClusters).set(set).where(eq(obproxyClusters.id, id))
    },
    async setStatus(id: number, status: ObproxyStatus): Promise<void> {
      await db.update(obproxyClusters).set({ status }).where(eq(obproxyClusters.id, id))
    },
    /** A proxy was seen to answer, or not to. */
    async seen(
      serverId: number,
      { status, at }: { readonly status: ObproxyStatus; readonly at: Date },
    ): Promise<void> {
      await db
        .update(obproxyServers)
        .set({ status, ...(status === 'RUNNING' && { lastActiveTime: at }) })
        .where(eq(obproxyServers.id, serverId))
    },
    /** Links clusters to an OBProxy cluster; those that are linked stay so. */
    async link(id: number, clusterIds: readonly number[], username = 'proxyro'): Promise<void> {
      if (clusterIds.length === 0) return
      const rows = clusterIds.map((clusterId) => ({ obproxyClusterId: id, clusterId, username }))
      await db.insert(obproxyLinks).values(rows).onConflictDoNothing()
    },
    /** Says that a task has finished with these links: they hold. */
    async settle(id: number, clusterIds: readonly number[]): Promise<void> {
      await db
        .update(obproxyLinks)
        .set({ state: 'LINKED' })
        .where(
          and(eq(obproxyLinks.obproxyClusterId, id), inArray(obproxyLinks.clusterId, clusterIds)),
        )
    },
    async unlink(id: number, clusterIds: readonly number[]): Promise<void> {
      await db
        .delete(obproxyLinks)
        .where(
          and(eq(obproxyLinks.obproxyClusterId, id), inArray(obproxyLinks.clusterId, clusterIds)),
        )
    },
    /**
     * Forgets the proxies, links and secrets of an OBProxy cluster that is DELETING; its row and
     * its hosts' reservations stay.
     */
    async forget(id: number): Promise<void> {
      await db.transaction(async (tx) => {
        const [going] = await tx
          .select({ id: obproxyClusters.id })
          .from(obproxyClusters)
          .where(and(eq(obproxyClusters.id, id), eq(obproxyClusters.status, 'DELETING')))
          .for('update')
        if (going === undefined) return
        await tx.delete(obproxyServers).where(eq(obproxyServers.obproxyClusterId, id))
        await tx.delete(obproxyLinks).where(eq(obproxyLinks.obproxyClusterId, id))
        await secrets(tx, keys).removeBelow(secretOf.obproxy(id).all)
      })
    },
    /**
     * Ends the reservations of its hosts; returns the addresses of those that are AVAILABLE now.
     */
    unreserve: (id: number): Promise<string[]> => db.transaction((tx) => free(tx, id)),
    /**
     * Forgets an OBProxy cluster that is CREATING or DELETING, with its proxies, links and secrets;
     * its hosts are AVAILABLE again. Does nothing the second time. Throws DefiniteError COM10005
     * when it is in another state.
     */
    async release(id: number): Promise<void> {
      await db.transaction(async (tx) => {
        // The state is part of the statement: nothing comes between the look and the deletion.
        const going = inArray(obproxyClusters.status, ['CREATING', 'DELETING'])
        const gone = await tx
          .delete(obproxyClusters)
          .where(and(eq(obproxyClusters.id, id), going))
          .returning({ id: obproxyClusters.id })
        const [other] =
          gone.length > 0
            ? []
            : await tx.select().from(obproxyClusters).where(eq(obproxyClusters.id, id))
        if (other !== undefined) {
          const message = say`OBProxy cluster ${other.name} is ${other.status}, neither CREATING nor DELETING: it stays`
          throw new DefiniteError({ code: 'COM10005', message })
        }
        await free(tx, id)
        await secrets(tx, keys).removeBelow(secretOf.obproxy(id).all)
      })
    },
  }
}
