import { and, asc, count, eq, getTableColumns, ilike, inArray, type SQL } from 'drizzle-orm'
import type { Db } from './db.ts'
import { containing, order, type Page, type Paging, pageOf } from './paging.ts'
import * as schema from './schema/index.ts'

const { clusters, servers, tenants, hosts, hostTypes, idcs, packages } = schema

export type Server = typeof servers.$inferSelect & { readonly hostTypeName: string | null }
export interface Zone extends Readonly<typeof schema.zones.$inferSelect> {
  readonly idcId: number | null
  readonly servers: readonly Server[]
}
export type Namesake = Pick<
  typeof clusters.$inferSelect,
  'id' | 'name' | 'obClusterId' | 'type' | 'status'
>
export interface Cluster extends Readonly<typeof clusters.$inferSelect> {
  readonly zones: readonly Zone[]
  readonly tenantCount: number
  /** Clusters of the same name: a primary and its standbys, itself among them. */
  readonly namesakes: readonly Namesake[]
  /** `version-buildNumber` of its package. */
  readonly fullVersion: string
}

export interface ClusterFilter {
  readonly name?: string | undefined
  readonly status?: readonly Cluster['status'][] | undefined
  readonly type?: Cluster['type'] | undefined
}

/** Clusters as they are shown, zones and servers included. */
export function clusterReads(db: Db) {
  const zonesTable = schema.zones
  const sortable = {
    id: clusters.id,
    name: clusters.name,
    status: clusters.status,
    createTime: clusters.createTime,
    obClusterId: clusters.obClusterId,
  }

  const { id, name, obClusterId, type, status } = clusters
  const namesake = { id, name, obClusterId, type, status }

  const complete = async (rows: readonly (typeof clusters.$inferSelect)[]): Promise<Cluster[]> => {
    if (rows.length === 0) return []
    const ids = rows.map((row) => row.id)
    const zoneRows = await db
      .select({ ...getTableColumns(zonesTable), idcId: idcs.id })
      .from(zonesTable)
      .leftJoin(idcs, eq(idcs.name, zonesTable.idcName))
      .where(inArray(zonesTable.clusterId, ids))
      .orderBy(asc(zonesTable.clusterId), asc(zonesTable.position))
    const serverRows = await db
      .select({ ...getTableColumns(servers), hostTypeName: hostTypes.name })
      .from(servers)
      .innerJoin(hosts, eq(hosts.id, servers.hostId))
      .leftJoin(hostTypes, eq(hostTypes.id, hosts.typeId))
      .where(inArray(servers.clusterId, ids))
      .orderBy(asc(servers.position))
    const packageRows = await db
      .select({ id: packages.id, version: packages.version, buildNumber: packages.buildNumber })
      .from(packages)
      .where(
        inArray(
          packages.id,
          rows.map((row) => row.packageId),
        ),
      )
    const fullVersions = new Map(
      packageRows.map((row) => [row.id, `${row.version}-${row.buildNumber}`]),
    )
    const tenantRows = await db
      .select({ clusterId: tenants.clusterId, total: count() })
      .from(tenants)
      .where(inArray(tenants.clusterId, ids))
      .groupBy(tenants.clusterId)
    const names = rows.map((row) => row.name)
    const related = await db
      .select(namesake)
      .from(clusters)
      .where(inArray(clusters.name, names))
      .orderBy(asc(clusters.id))
    const relatedByName = Map.groupBy(related, (row) => row.name)
    const serversByZone = Map.groupBy(
      serverRows,
      (server) => `${server.clusterId}/${server.zoneName}`,
    )
    const zonesByCluster = Map.groupBy(zoneRows, (zone) => zone.clusterId)
    const tenantCounts = new Map(tenantRows.map((row) => [row.clusterId, row.total]))
    return rows.map((row) => ({
      ...row,
      zones: (zonesByCluster.get(row.id) ?? []).map((zone) => ({
        ...zone,
        servers: serversByZone.get(`${row.id}/${zone.name}`) ?? [],
      })),
      fullVersion: fullVersions.get(row.packageId) ?? row.version,
      tenantCount: tenantCounts.get(row.id) ?? 0,
      namesakes: relatedByName.get(row.name) ?? [],
    }))
  }

  return {
    async get(id: number): Promise<Cluster | undefined> {
      return (await complete(await db.select().from(clusters).where(eq(clusters.id, id))))[0]
    },
    /** The clusters of a name: a primary and its standbys. */
    async named(name: string): Promise<Cluster[]> {
      return complete(
        await db.select().from(clusters).where(eq(clusters.name, name)).orderBy(asc(clusters.id)),
      )
    },
    /** Every name that a cluster has. */
    async names(): Promise<string[]> {
      return (
        await db.selectDistinct({ name: clusters.name }).from(clusters).orderBy(asc(clusters.name))
      ).map(({ name }) => name)
    },
    async list(filter: ClusterFilter, paging: Paging): Promise<Page<Cluster>> {
      const conditions: (SQL | undefined)[] = [
        filter.name === undefined ? undefined : ilike(clusters.name, containing(filter.name)),
        filter.status === undefined ? undefined : inArray(clusters.status, filter.status),
        filter.type === undefined ? undefined : eq(clusters.type, filter.type),
      ]
      const where = and(...conditions)
      const rows = db
        .select()
        .from(clusters)
        .where(where)
        .orderBy(...order(paging, sortable, clusters.id))
      const { contents, total } = await pageOf(rows, db.$count(clusters, where), paging)
      return { contents: await complete(contents), total }
    },
  }
}
