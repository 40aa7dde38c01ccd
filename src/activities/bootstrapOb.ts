import { DefiniteError } from '../errors/failure.ts'
import {
  addServer,
  allowSeconds,
  lineOf,
  type ServerSpec,
  type Sql,
  SqlError,
  serversOf,
  setZoneIdc,
} from '../oceanbase/index.ts'
import { bootstrapOnce, isBootstrapped } from './bootstrapOnce.ts'
import { inParallel } from './inParallel.ts'
import { observerFailure } from './logTail.ts'
import type { ClusterNode } from './node.ts'
import { startObservers } from './observers.ts'
import { onCluster } from './session.ts'
import { clearServer } from './startAfresh.ts'

/** Makes one cluster of the installed servers: starts every observer, bootstraps one root server a zone, adds the others, names the IDCs. */
export async function bootstrapOb(node: ClusterNode): Promise<void> {
  await startObservers(node, serversOf(node.cluster))
  if (await isBootstrapped(node)) node.log('INFO', 'The cluster is bootstrapped already')
  else await bootstrapOnce(node)
  await addServers(node)
  await setIdcs(node)
  await proveListed(node)
}

/** Stops the observers of this task and takes away what they wrote. Directories that another task made are left as they are. */
export async function clearObservers(node: ClusterNode): Promise<void> {
  await inParallel(serversOf(node.cluster), (server) => clearServer(node, server))
}

/** Where ADD SERVER waits for the new server to be found. */
const addServerSeconds = 120

/** Adds each server that the cluster does not list yet. */
async function addServers(node: ClusterNode): Promise<void> {
  const listed = await listedAddresses(node)
  for (const server of serversOf(node.cluster).filter(({ ip }) => !listed.has(ip))) {
    await onCluster(node, (session) => add(session, node, server), { timeoutMs: 2 * addServerSeconds * 1000 }).catch(
      (error: unknown) => addRefused(node, server, error),
    )
    node.progress(`added ${server.ip}`)
    node.log('INFO', `${server.ip} added to ${server.zone}`)
  }
}

async function add(session: Sql, { cluster }: ClusterNode, server: ServerSpec): Promise<void> {
  await session.run(allowSeconds(addServerSeconds))
  await session.run(addServer(cluster, server))
}

/** An attempt that died between the statement and its answer has added the server already. */
async function addRefused(node: ClusterNode, server: ServerSpec, error: unknown): Promise<void> {
  if (!(error instanceof SqlError)) throw error
  if ((await listedAddresses(node)).has(server.ip)) return
  const cause = {
    code: 'OBE10002',
    message: `Bootstrap OB failed: ${server.ip} was not added: ${error.message}`,
    host: server.ip,
  }
  throw await observerFailure(node, cause, [server], { cause: error })
}

async function listedAddresses(node: ClusterNode): Promise<Set<string>> {
  const rows = await onCluster(node, lineOf(node.cluster.version).servers)
  return new Set(rows.map((row) => row.ip))
}

async function setIdcs(node: ClusterNode): Promise<void> {
  const zones = await onCluster(node, lineOf(node.cluster.version).zones)
  for (const zone of node.cluster.zones) {
    const present = zones.find(({ name }) => name === zone.name)?.idc ?? ''
    if (zone.idcName === '' || present === zone.idcName) continue
    await onCluster(node, (session) => session.run(setZoneIdc(zone)))
    node.log('INFO', `IDC of ${zone.name} is ${zone.idcName} now`)
  }
}

async function proveListed(node: ClusterNode): Promise<void> {
  const listed = await listedAddresses(node)
  const missing = serversOf(node.cluster).filter(({ ip }) => !listed.has(ip))
  if (missing.length === 0) return
  const addresses = missing.map(({ ip }) => ip).join(', ')
  throw new DefiniteError({ code: 'OBE10002', message: `Bootstrap OB failed: the cluster does not list ${addresses}` })
}
