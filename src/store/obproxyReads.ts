import { and, asc, eq, ilike, inArray, type SQL } from 'drizzle-orm'
import type { Db } from './db.ts'
import { containing, order, type Page, type Paging, pageOf } from './paging.ts'
import * as schema from './schema/index.ts'

const { obproxyClusters, obproxyServers, obproxyLinks, clusters, hosts, idcs } = schema

type ServerRow = typeof obproxyServers.$inferSelect
type LinkRow = typeof obproxyLinks.$inferSelect

export interface ObproxyServer
  extends Readonly<
    Pick<
      ServerRow,
      'id' | 'hostId' | 'sqlPort' | 'exporterPort' | 'version' | 'status' | 'lastActiveTime'
    >
  > {
  readonly ip: string
  readonly architecture: string | null
  readonly idcName: string
}

export interface ObproxyLink extends Readonly<Pick<LinkRow, 'clusterId' | 'username' | 'state'>> {
  readonly clusterName: string
  readonly obClusterId: number
  readonly clusterStatus: typeof clusters.$inferSelect.status
}

export interface ObproxyCluster extends Readonly<typeof obproxyClusters.$inferSelect> {
  readonly servers: readonly ObproxyServer[]
  readonly links: readonly ObproxyLink[]
}

export interface ObproxyFilter {
  readonly name?: string | undefined
  readonly status?: readonly ObproxyCluster['status'][] | undefined
}

/** OBProxy clusters as they are shown, proxies and links included. */
export function obproxyReads(db: Db) {
  const complete = async (
    rows: readonly (typeof obproxyClusters.$inferSelect)[],
  ): Promise<ObproxyCluster[]> => {
    if (rows.length === 0) return []
    const ids = rows.map((row) => row.id)
    const serverRows = await db
      .select({
        obproxyClusterId: obproxyServers.obproxyClusterId,
        id: obproxyServers.id,
        hostId: obproxyServers.hostId,
        ip: hosts.innerIpAddress,
        architecture: hosts.architecture,
        idcName: idcs.name,
        sqlPort: obproxyServers.sqlPort,
        exporterPort: obproxyServers.exporterPort,
        version: obproxyServers.version,
        status: obproxyServers.status,
        lastActiveTime: obproxyServers.lastActiveTime,
      })
      .from(obproxyServers)
      .innerJoin(hosts, eq(hosts.id, obproxyServers.hostId))
      .innerJoin(idcs, eq(idcs.id, hosts.idcId))
      .where(inArray(obproxyServers.obproxyClusterId, ids))
      .orderBy(asc(obproxyServers.id))
    const linkRows = await db
      .select({
        obproxyClusterId: obproxyLinks.obproxyClusterId,
        clusterId: obproxyLinks.clusterId,
        clusterName: clusters.name,
        obClusterId: clusters.obClusterId,
        clusterStatus: clusters.status,
        username: obproxyLinks.username,
        state: obproxyLinks.state,
      })
      .from(obproxyLinks)
      .innerJoin(clusters, eq(clusters.id, obproxyLinks.clusterId))
      .where(inArray(obproxyLinks.obproxyClusterId, ids))
      .orderBy(asc(obproxyLinks.clusterId))
    const servers = Map.groupBy(serverRows, (server) => server.obproxyClusterId)
    const links = Map.groupBy(linkRows, (link) => link.obproxyClusterId)
    return rows.map((row) => ({
      ...row,
      servers: servers.get(row.id) ?? [],
      links: links.get(row.id) ?? [],
    }))
  }

  return {
    async get(id: number): Promise<ObproxyCluster | undefined> {
      return (
        await complete(await db.select().from(obproxyClusters).where(eq(obproxyClusters.id, id)))
      )[0]
    },
    async byName(name: string): Promise<ObproxyCluster | undefined> {
      return (
        await complete(
          await db.select().from(obproxyClusters).where(eq(obproxyClusters.name, name)),
        )
      )[0]
    },
    async list(filter: ObproxyFilter, paging: Paging): Promise<Page<ObproxyCluster>> {
      const conditions: (SQL | undefined)[] = [
        filter.name === undefined
          ? undefined
          : ilike(obproxyClusters.name, containing(filter.name)),
        filter.status === undefined ? undefined : inArray(obproxyClusters.status, filter.status),
      ]
      const where = and(...conditions)
      const sortable = {
        id: obproxyClusters.id,
        name: obproxyClusters.name,
        createTime: obproxyClusters.createTime,
      }
      const rows = db
        .select()
        .from(obproxyClusters)
        .where(where)
        .orderBy(...order(paging, sortable, obproxyClusters.id))
      const { contents, total } = await pageOf(rows, db.$count(obproxyClusters, where), paging)
      return { contents: await complete(contents), total }
    },
    /** Ids of the OBProxy clusters that serve a cluster. */
    async linkedTo(clusterId: number): Promise<number[]> {
      const rows = await db
        .select({ id: obproxyLinks.obproxyClusterId })
        .from(obproxyLinks)
        .where(eq(obproxyLinks.clusterId, clusterId))
        .orderBy(asc(obproxyLinks.obproxyClusterId))
      return rows.map((row) => row.id)
    },
  }
}
