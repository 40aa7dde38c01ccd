import { isServing, lineOf, type ObServer, serversOf } from '../../oceanbase/index.ts'
import type { ClusterNode } from '../node.ts'
import { onCluster } from '../session.ts'

/** Reads servers and zones from the cluster's own tables into the store. */
export async function syncClusterInfo(
  node: ClusterNode<'clusters.saveZones' | 'clusters.saveServers'>,
): Promise<void> {
  const line = lineOf(node.cluster.version)
  const seen = await onCluster(node, async (session) => ({
    servers: await line.servers(session),
    zones: await line.zones(session),
  }))
  const hostIds = new Map(serversOf(node.cluster).map((server) => [server.ip, server.hostId]))
  // A server that was added by hand has no host here to belong to.
  const rows = seen.servers.flatMap((server) => {
    const hostId = hostIds.get(server.ip)
    return hostId === undefined ? [] : [{ hostId, ...serverRow(server) }]
  })
  await node.store.clusters.saveZones(
    node.cluster.id,
    seen.zones.map((zone) => ({
      name: zone.name,
      innerStatus: zone.status,
      idcName: zone.idc,
      regionName: zone.region,
    })),
  )
  await node.store.clusters.saveServers(node.cluster.id, rows)
  node.log('INFO', `${rows.length} servers in ${seen.zones.length} zones`)
}

const iso = (time: number | null): string | null =>
  time === null ? null : new Date(time).toISOString()

/** OCP's word for a server's state. */
const statusOf = (server: ObServer) => {
  if (isServing(server)) return 'RUNNING'
  if (server.status === 'DELETING') return 'DELETING'
  return server.stopTime === null ? 'UNAVAILABLE' : 'STOPPED'
}

const serverRow = (server: ObServer) =>
  ({
    ip: server.ip,
    port: server.port,
    sqlPort: server.sqlPort,
    zoneName: server.zone,
    version: server.version,
    innerStatus: server.status,
    status: statusOf(server),
    withRootserver: server.withRootserver,
    startTime: iso(server.startServiceTime),
    stopTime: iso(server.stopTime),
  }) as const
