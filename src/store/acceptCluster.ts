import { and, asc, eq, inArray, max } from 'drizzle-orm'
import { refuseAny } from '../errors/refused.ts'
import { createPrimaryCluster } from '../plan/createCluster.ts'
import { expand } from '../plan/expand.ts'
import { admit, type Inventory } from './admission.ts'
import { answered, type ClientToken, remember } from './clientTokens.ts'
import { take } from './counters.ts'
import { createContext } from './createContext.ts'
import type { Db } from './db.ts'
import { hosts } from './hosts.ts'
import type { Key } from './key.ts'
import { idcsByName } from './named.ts'
import type { NewCluster } from './newCluster.ts'
import { type Creator, insertTask, type TaskWithSubtasks } from './newTask.ts'
import { type ObproxyCluster, obproxy } from './obproxy.ts'
import { packages } from './packages.ts'
import { inChunks } from './rows.ts'
import * as schema from './schema/index.ts'
import { secrets } from './secrets.ts'

export interface Acceptance {
  readonly request: NewCluster
  readonly creator: Creator
  readonly traceId?: string | undefined
  readonly clientToken?: ClientToken | undefined
}

export interface Accepted {
  readonly task: TaskWithSubtasks
  /** The same request had been accepted before, under the same client token. */
  readonly again: boolean
}

/** Locks the hosts of a request, in order of id so that two requests never wait for each other, and reads what the rules look at. */
async function readInventory(tx: Db, key: Key, request: NewCluster): Promise<Inventory & { lastObClusterId: number }> {
  const hostIds = request.zones.flatMap((zone) => zone.servers)
  await tx
    .select({ id: schema.hosts.id })
    .from(schema.hosts)
    .where(inArray(schema.hosts.id, hostIds))
    .orderBy(asc(schema.hosts.id))
    .for('update')
  const rpm = await packages(tx).byFileName(request.rpmName)
  const obproxies = new Map<number, ObproxyCluster>()
  for (const id of request.obproxyClusterIds) {
    const proxy = await obproxy(tx).get(id)
    if (proxy !== undefined) obproxies.set(id, proxy)
  }
  const sameName = eq(schema.clusters.name, request.name)
  const primaries = await tx
    .select({ id: schema.clusters.id })
    .from(schema.clusters)
    .where(and(sameName, eq(schema.clusters.type, 'PRIMARY')))
  const last = await tx
    .select({ id: max(schema.clusters.obClusterId) })
    .from(schema.clusters)
    .where(sameName)
  const named = await idcsByName(
    tx,
    request.zones.map((zone) => zone.idcName),
  )
  return {
    nameTaken: primaries.length > 0,
    lastObClusterId: last[0]?.id ?? 0,
    package: rpm,
    hosts: new Map((await hosts(tx, key).byIds(hostIds)).map((host) => [host.id, host])),
    idcs: new Map(named.map((idc) => [idc.name, idc])),
    obproxies,
  }
}

/**
 * Accepts a create in one transaction: hosts reserved, ids given, cluster, secret, task and subtasks written; or throws Refused and leaves
 * nothing. Of requests at the same time for one name or one host exactly one is accepted.
 */
export const acceptCluster = (db: Db, key: Key, { request, creator, traceId, clientToken }: Acceptance): Promise<Accepted> =>
  db.transaction(async (tx) => {
    // The number's row is held to the end, so requests pass one after the other from here on and each sees what the one before wrote.
    const clusterId = await take(tx, 'cluster')
    const before = clientToken && (await answered(tx, key, creator.id, clientToken))
    if (before !== undefined) return { task: before, again: true }
    const inventory = await readInventory(tx, key, request)
    refuseAny(admit(request, inventory))
    const rpm = inventory.package
    if (rpm === undefined) throw new Error('admission let a missing package pass')
    const obClusterId = request.obClusterId ?? inventory.lastObClusterId + 1
    const { name, type, zones, password, proxyroPassword, ...settings } = request
    const ipOf = (hostId: number): string => inventory.hosts.get(hostId)?.innerIpAddress ?? ''
    const rootServerOf = (zone: NewCluster['zones'][number]) => zone.rootServer ?? zone.servers[0] ?? 0

    await tx.insert(schema.clusters).values({
      ...settings,
      id: clusterId,
      name,
      obClusterId,
      type,
      status: 'CREATING',
      version: rpm.version,
      packageId: rpm.id,
      startupParameters: [...settings.startupParameters],
      obproxyClusterIds: [...settings.obproxyClusterIds],
      creator: creator.name,
    })
    await tx.insert(schema.zones).values(
      zones.map((zone, position) => ({
        clusterId,
        name: zone.name,
        position,
        idcName: zone.idcName,
        regionName: inventory.idcs.get(zone.idcName)?.regionName ?? '',
        innerStatus: 'INACTIVE',
        status: 'CREATING' as const,
      })),
    )
    const servers = zones
      .flatMap((zone) => zone.servers.map((hostId) => ({ zone, hostId })))
      .map((server, position) => ({ ...server, position }))
    await inChunks(servers, async (chunk) => {
      await tx.insert(schema.servers).values(
        chunk.map(({ zone, hostId, position }) => ({
          clusterId,
          zoneName: zone.name,
          position,
          hostId,
          ip: ipOf(hostId),
          port: request.rpcPort,
          sqlPort: request.sqlPort,
          rootServer: rootServerOf(zone) === hostId,
          innerStatus: 'INACTIVE',
          status: 'CREATING' as const,
          withRootserver: false,
        })),
      )
      const service = {
        type: 'OB_CLUSTER' as const,
        name: `${name}:${obClusterId}`,
        version: rpm.version,
        softwarePackageId: rpm.id,
        clusterId,
      }
      await tx.insert(schema.hostServices).values(chunk.map(({ hostId }) => ({ hostId, ...service })))
    })
    const hostIds = servers.map((server) => server.hostId)
    await tx.update(schema.hosts).set({ status: 'ONLINE' }).where(inArray(schema.hosts.id, hostIds))
    await secrets(tx, key).put(`cluster/${clusterId}/root`, password)
    if (proxyroPassword !== undefined) await secrets(tx, key).put(`cluster/${clusterId}/proxyro`, proxyroPassword)

    const targets = { hosts: hostIds.map((id) => ({ id, ip: ipOf(id) })), zones: zones.map((zone) => zone.name) }
    const rootServers = zones.map(rootServerOf)
    const task = await insertTask(tx, {
      workflow: 'createCluster',
      name: createPrimaryCluster.name,
      prohibitRollback: createPrimaryCluster.prohibitRollback,
      subtasks: expand(createPrimaryCluster, targets),
      targets,
      context: createContext({ request, clusterId, obClusterId, package: rpm, ipOf, rootServers }),
      creator,
      traceId,
      cluster: { id: clusterId, name, obClusterId, type },
    })
    if (clientToken !== undefined) await remember(tx, key, creator.id, clientToken, task.id)
    return { task, again: false }
  })
