import type { Cluster, Server, Zone } from '../../store/index.ts'
import { isoTime } from '../http/time.ts'

/** OCP prints the epoch for a server that was never stopped. */
const never = new Date(0)

export const showServer = (zone: Zone, server: Server) => ({
  // Nothing is done to one server of a cluster here.
  availableOperations: [],
  clusterId: server.clusterId,
  hostId: server.hostId,
  hostTypeName: server.hostTypeName,
  id: server.id,
  idcName: zone.idcName,
  innerStatus: server.innerStatus,
  ip: server.ip,
  port: server.port,
  regionName: zone.regionName,
  sqlPort: server.sqlPort,
  startTime: server.startTime === null ? null : isoTime(server.startTime),
  status: server.status,
  stopTime: isoTime(server.stopTime ?? never),
  updateTime: isoTime(server.updateTime),
  version: server.version,
  withRootserver: server.withRootserver,
  zoneName: server.zoneName,
})

/**
 * Of the servers that run a root service the one that leads; before bootstrap, of those that will.
 */
export const rootServersOf = (cluster: Cluster) =>
  cluster.zones
    .flatMap((zone) => zone.servers)
    .filter((server) => server.rootServer || server.withRootserver)
    .map((server) => ({
      address: `${server.ip}:${server.port}`,
      role: server.withRootserver ? 'LEADER' : 'FOLLOWER',
      sql_port: server.sqlPort,
    }))

const operateStatus = (status: string): string =>
  status === 'RUNNING' || status === 'STOPPED' ? 'NORMAL' : 'OPERATING'

/** OCP's zone, with its servers. */
export function showZone(cluster: Cluster, zone: Zone) {
  const addresses = new Set(zone.servers.map((server) => `${server.ip}:${server.port}`))
  return {
    clusterId: cluster.id,
    createTime: isoTime(zone.createTime),
    hostCount: zone.servers.length,
    idcId: zone.idcId,
    idcName: zone.idcName,
    innerStatus: zone.innerStatus,
    name: zone.name,
    obClusterId: cluster.obClusterId,
    operateStatus: operateStatus(zone.status),
    regionName: zone.regionName,
    rootServer: rootServersOf(cluster).find((server) => addresses.has(server.address)) ?? null,
    serverCount: zone.servers.length,
    servers: zone.servers.map((server) => showServer(zone, server)),
    status: zone.status,
    updateTime: isoTime(zone.updateTime),
  }
}

/** OCP's cluster; `fullVersion` is what newer clients read. */
export const showCluster = (cluster: Cluster) => ({
  createTime: isoTime(cluster.createTime),
  creator: cluster.creator,
  fullVersion: cluster.fullVersion,
  id: cluster.id,
  name: cluster.name,
  obClusterId: cluster.obClusterId,
  obVersion: cluster.version,
  regionCount: new Set(cluster.zones.map((zone) => zone.regionName)).size,
  rootServers: rootServersOf(cluster),
  serverCount: cluster.zones.reduce((sum, zone) => sum + zone.servers.length, 0),
  ...(cluster.type === 'STANDBY' && {
    primaryCluster: cluster.namesakes.find(({ type }) => type === 'PRIMARY') ?? null,
  }),
  standbyClusters:
    cluster.type === 'PRIMARY' ? cluster.namesakes.filter(({ type }) => type === 'STANDBY') : [],
  status: cluster.status,
  tenantCount: cluster.tenantCount,
  type: cluster.type,
  updateTime: isoTime(cluster.updateTime),
  zones: cluster.zones.map((zone) => showZone(cluster, zone)),
})
