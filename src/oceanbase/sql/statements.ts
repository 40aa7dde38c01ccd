import { z } from 'zod'
import { identifier, joined, type Quoted, type Secret, sql } from '../../quote.ts'
import {
  type ClusterSpec,
  type PrimaryCluster,
  rootServersOf,
  type ServerSpec,
  type ZoneSpec,
} from '../cluster.ts'
import { lineOf } from '../versions.ts'
import { firstLeadingZone, normalPrimaryZone } from './primaryZone.ts'
import { text } from './rows.ts'
import type { Sql } from './sql.ts'

/** `ip:rpc`: how OceanBase names a server. */
export const serverAddress = (
  cluster: Pick<ClusterSpec, 'rpcPort'>,
  server: Pick<ServerSpec, 'ip'>,
): string => `${server.ip}:${cluster.rpcPort}`

/** Gives a session time for BOOTSTRAP and its like. OceanBase counts microseconds. */
export const allowSeconds = (seconds: number): Quoted =>
  sql`SET SESSION ob_query_timeout = ${seconds * 1_000_000}`

/**
 * BOOTSTRAP with one server of each zone; the others join by ADD SERVER. Regions are named only
 * where one was given: OceanBase then uses `sys_region`.
 */
export const bootstrapStatement = (cluster: ClusterSpec, primary?: PrimaryCluster): Quoted => {
  const members = rootServersOf(cluster).map((server) => {
    const region = cluster.zones.find((zone) => zone.name === server.zone)?.regionName
    const place = sql`ZONE ${server.zone} SERVER ${serverAddress(cluster, server)}`
    return region ? sql`REGION ${region} ${place}` : place
  })
  const list = joined(members, ', ')
  if (!primary) return sql`ALTER SYSTEM BOOTSTRAP ${list}`
  const roots = primary.rootServers
    .map((root) => `${root.ip}:${root.rpcPort}:${root.sqlPort}`)
    .join(';')
  return sql`ALTER SYSTEM BOOTSTRAP CLUSTER STANDBY ${list} PRIMARY_CLUSTER_ID ${primary.obClusterId} PRIMARY_ROOTSERVICE_LIST ${roots}`
}

/** Fails when the server is in the cluster already: look at `line.servers` first. */
export const addServer = (cluster: ClusterSpec, server: ServerSpec): Quoted =>
  sql`ALTER SYSTEM ADD SERVER ${serverAddress(cluster, server)} ZONE ${server.zone}`

export const setZoneIdc = (zone: Pick<ZoneSpec, 'name' | 'idcName'>): Quoted =>
  sql`ALTER SYSTEM MODIFY ZONE ${zone.name} SET IDC = ${zone.idcName}`

/**
 * Moves the leaders away and keeps the zone out; refused when a majority would be lost (4179,
 * 4660).
 */
export const stopZone = (zone: string): Quoted => sql`ALTER SYSTEM STOP ZONE ${zone}`

export const startZone = (zone: string): Quoted => sql`ALTER SYSTEM START ZONE ${zone}`

export const startServer = (cluster: ClusterSpec, server: ServerSpec): Quoted =>
  sql`ALTER SYSTEM START SERVER ${serverAddress(cluster, server)}`

export const alterRootPassword = (password: Secret): Quoted =>
  sql`ALTER USER root IDENTIFIED BY ${password}`

/**
 * Makes a user that may read everything, or brings an existing one to this password: running it
 * again ends the same.
 */
export const createReadOnlyUser = (name: string, password: Secret): readonly Quoted[] => [
  sql`CREATE USER IF NOT EXISTS ${identifier(name)} IDENTIFIED BY ${password}`,
  sql`ALTER USER ${identifier(name)} IDENTIFIED BY ${password}`,
  sql`GRANT SELECT ON *.* TO ${identifier(name)}`,
]

export const grantsOf = (name: string): Quoted => sql`SHOW GRANTS FOR ${identifier(name)}`

/** The primary zone sys is to have: the posted one, or what the version line does by itself. */
export const primaryZoneOf = (
  cluster: Pick<ClusterSpec, 'primaryZone' | 'version' | 'zones'>,
): string => {
  if (cluster.primaryZone !== '') return cluster.primaryZone
  const first = firstLeadingZone(cluster.zones)?.name ?? ''
  return { FIRST_ZONE: normalPrimaryZone(first, cluster.zones), RANDOM: 'RANDOM' }[
    lineOf(cluster.version).defaultPrimaryZone
  ]
}

export const setPrimaryZone = (primaryZone: string): Quoted =>
  sql`ALTER TENANT sys SET PRIMARY_ZONE = ${primaryZone}`

/**
 * 4.x: every server measures its data disk and keeps the result in an inner table. Source:
 * oceanbase src/share/io/ob_io_calibration.cpp, execute_benchmark.
 */
export const calibrateIo: Quoted = sql`ALTER SYSTEM RUN JOB ${'io_calibration'}`

const calibrationRow = z
  .object({ svr_ip: text, status: text })
  .transform(({ svr_ip, status }) => ({ ip: svr_ip, status: status.toUpperCase() }))

/** 4.x: how far the servers' io calibration is; NOT AVAILABLE before it began. */
export const calibrations = (session: Sql) =>
  session.rows(
    sql`SELECT SVR_IP, STATUS FROM oceanbase.GV$OB_IO_CALIBRATION_STATUS`,
    calibrationRow,
  )

/**
 * Starts a major compaction of what the line allows to be frozen at once: the cluster, or the sys
 * tenant.
 */
export const majorFreeze = (cluster: Pick<ClusterSpec, 'version'>): Quoted =>
  lineOf(cluster.version).majorFreeze
