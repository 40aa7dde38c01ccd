import { asc, eq, inArray } from 'drizzle-orm'
import { refuseAny } from '../../errors/refused.ts'
import { defaultUsers } from '../../oceanbase/privileges.ts'
import { answered, type ClientToken, remember } from '../../store/clientTokens.ts'
import { take } from '../../store/counters.ts'
import type { Db } from '../../store/db.ts'
import type { Keys } from '../../store/key.ts'
import { type Creator, insertTask, type TaskWithSubtasks } from '../../store/newTask.ts'
import { insertRows } from '../../store/rows.ts'
import * as schema from '../../store/schema/index.ts'
import { type Secrets, secrets } from '../../store/secrets.ts'
import { lockHosts, lockObproxies } from '../uses.ts'
import { admit } from './admission.ts'
import { readInventory } from './inventory.ts'
import type { NewCluster } from './newCluster.ts'
import { planCreate, rootServerOf } from './plan.ts'
import { primaryOf } from './standbyRule.ts'

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

/** Keeps a primary from being deleted before its standby exists. */
const lockNamesakes = (tx: Db, { name }: NewCluster) =>
  tx
    .select({ id: schema.clusters.id })
    .from(schema.clusters)
    .where(eq(schema.clusters.name, name))
    .orderBy(asc(schema.clusters.id))
    .for('update')

/** The users that a standby gets with its primary's data. */
async function copyUsers(kept: Secrets, primaryId: number, standbyId: number): Promise<void> {
  for (const { name } of defaultUsers) await kept.copy(`cluster/${primaryId}/${name}`, `cluster/${standbyId}/${name}`)
}

/**
 * Accepts a create in one transaction: hosts reserved, ids given, cluster, secret, task and subtasks written; or throws Refused and leaves
 * nothing. Of requests at the same time for one name or one host exactly one is accepted.
 */
export const acceptCluster = (db: Db, keys: Keys, { request, creator, traceId, clientToken }: Acceptance): Promise<Accepted> =>
  db.transaction(async (tx) => {
    // The number's row is held to the end, so requests pass one after the other from here on and each sees what the one before wrote.
    const clusterId = await take(tx, 'cluster')
    const before = clientToken && (await answered(tx, keys, creator.id, clientToken))
    if (before !== undefined) return { task: before, again: true }
    await lockHosts(
      tx,
      request.zones.flatMap((zone) => zone.servers),
    )
    await lockNamesakes(tx, request)
    await lockObproxies(tx, request.obproxyClusterIds)
    const inventory = await readInventory(tx, keys, request)
    refuseAny(admit(request, inventory))
    const rpm = inventory.package
    if (rpm === undefined) throw new Error('admission let a missing package pass')
    const obClusterId = request.obClusterId ?? inventory.lastObClusterId + 1
    const { name, type, zones, password, proxyroPassword, primaryObClusterId: _, ...settings } = request
    const ipOf = (hostId: number): string => inventory.hosts.get(hostId)?.innerIpAddress ?? ''

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
    await insertRows(
      tx,
      schema.servers,
      servers.map(({ zone, hostId, position }) => ({
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
    await insertRows(
      tx,
      schema.hostServices,
      servers.map(({ hostId }) => ({ hostId, ...service })),
    )
    const hostIds = servers.map((server) => server.hostId)
    await tx.update(schema.hosts).set({ status: 'ONLINE' }).where(inArray(schema.hosts.id, hostIds))
    await secrets(tx, keys).put(`cluster/${clusterId}/root`, password)
    if (proxyroPassword !== undefined) await secrets(tx, keys).put(`cluster/${clusterId}/proxyro`, proxyroPassword)
    const primary = type === 'STANDBY' ? primaryOf(request, inventory) : undefined
    if (primary !== undefined) await copyUsers(secrets(tx, keys), primary.id, clusterId)

    const task = await insertTask(tx, {
      ...planCreate({ request, inventory, package: rpm, clusterId, obClusterId }),
      creator,
      traceId,
      cluster: { id: clusterId, name, obClusterId, type },
    })
    if (clientToken !== undefined) await remember(tx, keys, creator.id, clientToken, task.id)
    return { task, again: false }
  })
