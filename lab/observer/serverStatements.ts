import { newServer, unreachable } from './bootstrap.ts'
import { type Cluster, now, type Server } from './cluster.ts'
import { readFaults } from './faults.ts'
import { elect } from './leadership.ts'
import type { Hello, Observer } from './observer.ts'
import { call, parseAddress } from './rpc.ts'
import { Refusal, refusal } from './sqlErrors.ts'

const addresses = (list: string): string[] =>
  Array.from(list.matchAll(/'([^']+)'/g), (found) => (found[1] ?? '').trim())

export const serverOf = (cluster: Cluster, address: string): Server | undefined =>
  cluster.servers.find((server) => `${server.ip}:${server.rpcPort}` === address)

function existing(cluster: Cluster, address: string): Server {
  const server = serverOf(cluster, address)
  if (!server) throw refusal('entryNotExist', `Entry not exist: server '${address}'`)
  return server
}

/**
 * ADD SERVER: each is asked over RPC whether it is a fresh observer of this cluster and zone.
 * Throws Refusal.
 */
export async function addServers(
  self: Observer,
  cluster: Cluster,
  list: string,
  zone: string | undefined,
): Promise<void> {
  const told = readFaults().refuseAddServer
  if (told) throw new Refusal({ ...told, sqlState: 'HY000' })
  const wanted = addresses(list)
  // From 4.0 on it is asked whether it is empty before it is looked for. Source: oceanbase
  // src/sql/engine/cmd/ob_alter_system_executor.cpp check_server_empty_, from 4.2 on
  // src/rootserver/ob_server_zone_op_service.cpp add_servers.
  for (const address of wanted)
    if (self.version.line !== '4.x' && serverOf(cluster, address))
      throw refusal('entryExist', `Entry already exist: server '${address}'`)
  for (const address of wanted) await addServer(self, cluster, address, zone)
}

async function addServer(
  self: Observer,
  cluster: Cluster,
  address: string,
  zone: string | undefined,
): Promise<void> {
  const to = parseAddress(address)
  if (!to) throw refusal('invalidArgument', `Invalid argument: server '${address}'`)
  const hello = await call<Hello>(to, 'hello', null, 2000).catch((error: unknown) => {
    const refused = unreachable(error, address)
    self.log('WARN', 'RS', `add server failed: ${refused.behind?.logged}`, { ret: -4122 })
    throw refused
  })
  if (hello.state !== 'empty')
    throw refusal('opNotAllow', `add non-empty server "${address}" not allowed`)
  const name = zone ?? hello.zone
  if (!cluster.zones.some((known) => known.name === name))
    throw refusal('entryNotExist', `Entry not exist: zone '${name}'`)
  if (hello.zone !== name)
    throw refusal(
      'zoneNotMatch',
      `server zone not match: server '${address}' was started with -z '${hello.zone}'`,
    )
  if (hello.clusterId !== cluster.clusterId || hello.clusterName !== cluster.clusterName)
    throw refusal(
      'clusterNoMatch',
      `cluster name does not match: server '${address}' belongs to '${hello.clusterName}:${hello.clusterId}'`,
    )
  if (hello.version !== cluster.version)
    throw refusal('opNotAllow', `add server of version ${hello.version} not allowed`)
  const { clusterId, clusterName, leader } = cluster
  await call(to, 'join', { clusterId, clusterName, zone: name, leader, complete: true }, 2000)
  cluster.servers.push(newServer(cluster.nextServerId++, address, name, hello))
  self.log('INFO', 'RS', 'add server', { server: address, zone: name })
}

export function deleteServers(cluster: Cluster, list: string): void {
  for (const address of addresses(list)) {
    if (address === cluster.leader)
      throw refusal('opNotAllow', 'delete the root server not allowed')
    existing(cluster, address).deletingSince = now()
  }
}

export function startOrStopServers(cluster: Cluster, verb: string, list: string): void {
  const start = verb.toUpperCase() === 'START'
  for (const address of addresses(list)) existing(cluster, address).stopTime = start ? 0 : now()
  elect(cluster)
}
