import { and, asc, eq, inArray } from 'drizzle-orm'
import type { Db } from './db.ts'
import * as schema from './schema/index.ts'

const { obproxyClusters, obproxyServers, obproxyLinks, clusters, hosts } = schema

export interface ObproxyServer {
  readonly id: number
  readonly hostId: number
  readonly ip: string
  readonly sqlPort: number
  readonly exporterPort: number
  readonly version: string | null
  readonly status: typeof obproxyServers.$inferSelect.status
}

export interface ObproxyLink {
  readonly clusterId: number
  readonly clusterName: string
  readonly obClusterId: number
  readonly username: string
}

export interface ObproxyCluster extends Readonly<typeof obproxyClusters.$inferSelect> {
  readonly servers: readonly ObproxyServer[]
  readonly links: readonly ObproxyLink[]
}

export interface NewObproxyCluster {
  readonly name: string
  readonly address: string
  readonly port: number
  readonly workMode: ObproxyCluster['workMode']
  readonly status: ObproxyCluster['status']
  readonly creator: string
  readonly servers: readonly Pick<ObproxyServer, 'hostId' | 'sqlPort' | 'exporterPort' | 'version' | 'status'>[]
}

/** OBProxy clusters, their processes and the clusters they are linked to. */
export function obproxy(db: Db) {
  return {
    async get(id: number): Promise<ObproxyCluster | undefined> {
      const row = (await db.select().from(obproxyClusters).where(eq(obproxyClusters.id, id)))[0]
      if (row === undefined) return undefined
      const servers = await db
        .select({
          id: obproxyServers.id,
          hostId: obproxyServers.hostId,
          ip: hosts.innerIpAddress,
          sqlPort: obproxyServers.sqlPort,
          exporterPort: obproxyServers.exporterPort,
          version: obproxyServers.version,
          status: obproxyServers.status,
        })
        .from(obproxyServers)
        .innerJoin(hosts, eq(hosts.id, obproxyServers.hostId))
        .where(eq(obproxyServers.obproxyClusterId, id))
        .orderBy(asc(obproxyServers.id))
      const links = await db
        .select({
          clusterId: obproxyLinks.clusterId,
          clusterName: clusters.name,
          obClusterId: clusters.obClusterId,
          username: obproxyLinks.username,
        })
        .from(obproxyLinks)
        .innerJoin(clusters, eq(clusters.id, obproxyLinks.clusterId))
        .where(eq(obproxyLinks.obproxyClusterId, id))
        .orderBy(asc(obproxyLinks.clusterId))
      return { ...row, servers, links }
    },
    /** The new cluster's id; undefined when the name is taken. */
    create: ({ servers, ...facts }: NewObproxyCluster): Promise<number | undefined> =>
      db.transaction(async (tx) => {
        const row = (
          await tx.insert(obproxyClusters).values(facts).onConflictDoNothing().returning({ id: obproxyClusters.id })
        )[0]
        if (row === undefined) return undefined
        if (servers.length > 0)
          await tx.insert(obproxyServers).values(servers.map((server) => ({ obproxyClusterId: row.id, ...server })))
        return row.id
      }),
    async setStatus(id: number, status: ObproxyCluster['status']): Promise<void> {
      await db.update(obproxyClusters).set({ status }).where(eq(obproxyClusters.id, id))
    },
    /** Links clusters to an OBProxy cluster; those that are linked stay so. */
    async link(id: number, clusterIds: readonly number[], username = 'proxyro'): Promise<void> {
      if (clusterIds.length === 0) return
      const rows = clusterIds.map((clusterId) => ({ obproxyClusterId: id, clusterId, username }))
      await db.insert(obproxyLinks).values(rows).onConflictDoNothing()
    },
    async unlink(id: number, clusterIds: readonly number[]): Promise<void> {
      await db.delete(obproxyLinks).where(and(eq(obproxyLinks.obproxyClusterId, id), inArray(obproxyLinks.clusterId, clusterIds)))
    },
  }
}
