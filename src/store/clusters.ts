import { and, asc, eq, inArray, notInArray } from 'drizzle-orm'
import type { ClusterSpec } from '../oceanbase/index.ts'
import { clusterReads } from './clusterReads.ts'
import { clusterRemoval } from './clusterRemoval.ts'
import type { Db } from './db.ts'
import type { Keys } from './key.ts'
import { inChunks, theRow } from './rows.ts'
import * as schema from './schema/index.ts'

export type ClusterStatus = (typeof schema.clusterStatuses)[number]
export type ServerStatus = (typeof schema.serverStatuses)[number]

/** A server as OceanBase's own tables show it. */
export interface ObservedServer {
  readonly hostId: number
  readonly ip: string
  readonly port: number
  readonly sqlPort: number
  readonly zoneName: string
  readonly version: string
  readonly innerStatus: string
  readonly status: ServerStatus
  readonly withRootserver: boolean
  /** ISO-8601. */
  readonly startTime: string | null
  readonly stopTime: string | null
}

export interface ObservedZone {
  readonly name: string
  readonly innerStatus: string
  readonly idcName: string
  readonly regionName: string
}

export interface ObservedTenant {
  readonly obTenantId: number
  readonly name: string
  readonly mode: 'MYSQL' | 'ORACLE'
  readonly primaryZone: string
  readonly locality: string
  readonly status: string
}

const moment = (iso: string | null): Date | null => (iso === null ? null : new Date(iso))

/** The cluster that a standby of this name follows. */
async function primaryOf(db: Db, name: string): Promise<Pick<ClusterSpec, 'primary'>> {
  const { clusters, servers } = schema
  const members = await db
    .select({
      obClusterId: clusters.obClusterId,
      ip: servers.ip,
      rpcPort: servers.port,
      sqlPort: servers.sqlPort,
    })
    .from(servers)
    .innerJoin(clusters, eq(clusters.id, servers.clusterId))
    .where(and(eq(clusters.name, name), eq(clusters.type, 'PRIMARY'), eq(servers.rootServer, true)))
    .orderBy(asc(servers.position))
  const rootServers = members.map(({ obClusterId: _, ...server }) => server)
  return members[0] ? { primary: { obClusterId: members[0].obClusterId, rootServers } } : {}
}

/** Clusters, their zones, servers and tenants. */
export function clusters(db: Db, keys: Keys) {
  const { clusters: table, zones, servers, tenants } = schema

  return {
    ...clusterReads(db),
    ...clusterRemoval(db, keys),
    /** The cluster as it is to be. */
    async spec(clusterId: number): Promise<ClusterSpec> {
      const row = theRow(
        await db.select().from(table).where(eq(table.id, clusterId)),
        `cluster ${clusterId}`,
      )
      const zoneRows = await db
        .select()
        .from(zones)
        .where(eq(zones.clusterId, clusterId))
        .orderBy(asc(zones.position))
      const serverRows = await db
        .select()
        .from(servers)
        .where(eq(servers.clusterId, clusterId))
        .orderBy(asc(servers.position))
      const byZone = Map.groupBy(serverRows, (server) => server.zoneName)
      return {
        id: row.id,
        name: row.name,
        obClusterId: row.obClusterId,
        type: row.type,
        ...(row.type === 'STANDBY' && (await primaryOf(db, row.name))),
        version: row.version,
        packageId: row.packageId,
        primaryZone: row.primaryZone,
        sqlPort: row.sqlPort,
        rpcPort: row.rpcPort,
        paths: { install: row.installPath, data: row.dataPath, log: row.logPath },
        osUser: row.osUser,
        startupParameters: row.startupParameters,
        zones: zoneRows.map(({ name, idcName, regionName }) => ({
          name,
          idcName,
          regionName,
          servers: (byZone.get(name) ?? []).map(({ hostId, ip, rootServer, taskId }) => ({
            hostId,
            ip,
            zone: name,
            rootServer,
            ...(taskId !== null && { taskId }),
          })),
        })),
        obproxyClusterIds: row.obproxyClusterIds,
      }
    },
    /**
     * A cluster that was CREATING or RESTARTING is in use from here on. Tells whether it is
     * RUNNING.
     */
    async setRunning(clusterId: number): Promise<boolean> {
      const may = and(
        eq(table.id, clusterId),
        inArray(table.status, ['CREATING', 'RESTARTING', 'RUNNING']),
      )
      return (
        (await db.update(table).set({ status: 'RUNNING' }).where(may).returning({ id: table.id }))
          .length > 0
      )
    },
    async setStatus(clusterId: number, status: ClusterStatus): Promise<void> {
      await db.update(table).set({ status }).where(eq(table.id, clusterId))
    },
    /** What is being done to these zones. */
    async setZones(
      clusterId: number,
      names: readonly string[],
      status: ServerStatus,
    ): Promise<void> {
      const which = and(eq(zones.clusterId, clusterId), inArray(zones.name, [...names]))
      await db.update(zones).set({ status, updateTime: new Date() }).where(which)
    },
    /** What is being done to the servers on these hosts. */
    async setServers(
      clusterId: number,
      hostIds: readonly number[],
      status: ServerStatus,
    ): Promise<void> {
      const which = and(eq(servers.clusterId, clusterId), inArray(servers.hostId, [...hostIds]))
      await db.update(servers).set({ status, updateTime: new Date() }).where(which)
    },
    /**
     * What the cluster says of its servers. One that it does not list stays, UNAVAILABLE: its host
     * is still ours.
     */
    async saveServers(clusterId: number, rows: readonly ObservedServer[]): Promise<void> {
      await db.transaction(async (tx) => {
        for (const { hostId, startTime, stopTime, ...facts } of rows) {
          const set = { ...facts, startTime: moment(startTime), stopTime: moment(stopTime) }
          await tx
            .insert(servers)
            .values({ clusterId, hostId, position: rows.length, rootServer: false, ...set })
            .onConflictDoUpdate({
              target: [servers.clusterId, servers.hostId],
              set: { ...set, updateTime: new Date() },
            })
        }
        const seen = rows.map((row) => row.hostId)
        await tx
          .update(servers)
          .set({ status: 'UNAVAILABLE', innerStatus: 'INACTIVE' })
          .where(and(eq(servers.clusterId, clusterId), notInArray(servers.hostId, seen)))
      })
    },
    /**
     * What the cluster says of its zones; those it does not have are removed once no server of ours
     * is in them.
     */
    async saveZones(clusterId: number, rows: readonly ObservedZone[]): Promise<void> {
      await db.transaction(async (tx) => {
        for (const [position, { name, ...facts }] of rows.entries()) {
          const status =
            facts.innerStatus === 'ACTIVE' ? ('RUNNING' as const) : ('UNAVAILABLE' as const)
          await tx
            .insert(zones)
            .values({ clusterId, name, position: 1000 + position, status, ...facts })
            .onConflictDoUpdate({
              target: [zones.clusterId, zones.name],
              set: { ...facts, status, updateTime: new Date() },
            })
        }
        const inUse = tx
          .select({ name: servers.zoneName })
          .from(servers)
          .where(eq(servers.clusterId, clusterId))
        const seen = rows.map((row) => row.name)
        const gone = and(
          eq(zones.clusterId, clusterId),
          notInArray(zones.name, seen),
          notInArray(zones.name, inUse),
        )
        await tx.delete(zones).where(gone)
      })
    },
    /** What the cluster says of its tenants; those it does not have are removed. */
    async saveTenants(clusterId: number, rows: readonly ObservedTenant[]): Promise<void> {
      await db.transaction(async (tx) => {
        await tx.delete(tenants).where(eq(tenants.clusterId, clusterId))
        await inChunks(rows, (chunk) =>
          tx.insert(tenants).values(chunk.map((row) => ({ clusterId, ...row }))),
        )
      })
    },
  }
}
