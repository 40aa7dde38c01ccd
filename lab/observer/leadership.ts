import type { Cluster, Server } from './cluster.ts'

/** The first server of every zone: the lab's sys log stream and unit live there. */
export const zoneServers = ({ zones, servers }: Cluster): Server[] =>
  zones.flatMap((zone) => servers.filter((server) => server.zone === zone.name).slice(0, 1))

const addressOf = ({ ip, rpcPort }: Server): string => `${ip}:${rpcPort}`

/** Where the log stream of sys and with it the root service is led; the kernel stays where it is. */
export const leads = (cluster: Cluster, server: Server): boolean =>
  (cluster.rootServer ?? cluster.leader) === addressOf(server)

const canLead = (cluster: Cluster, server: Server): boolean =>
  server.alive &&
  server.startService > 0 &&
  server.stopTime === 0 &&
  server.deletingSince === 0 &&
  cluster.zones.some(({ name, active }) => name === server.zone && active)

/** Places of zones in the primary zone, from 0; all are alike in RANDOM. */
function placeOf(primaryZone: string, zone: string): number {
  const places = primaryZone.split(';').map((equals) => equals.split(','))
  const at = places.findIndex((names) => names.includes(zone))
  return at === -1 ? places.length : at
}

/**
 * Leadership goes where the primary zone wants it, away from servers that are lost or stopped, and
 * stays where it is among equals; `without` is a server that has just lost it. Source: oceanbase
 * src/logservice/leader_coordinator/election_priority_impl/election_priority_v1.cpp, compare.
 */
export function elect(cluster: Cluster, { without = '' } = {}): void {
  const candidates = zoneServers(cluster).filter(
    (server) => canLead(cluster, server) && addressOf(server) !== without,
  )
  const best = Math.min(...candidates.map(({ zone }) => placeOf(cluster.primaryZone, zone)))
  const equals = candidates.filter(({ zone }) => placeOf(cluster.primaryZone, zone) === best)
  const [first] = equals
  if (!first || equals.some((server) => leads(cluster, server))) return
  cluster.rootServer = addressOf(first)
}
