import { asc, eq, sql } from 'drizzle-orm'
import { Refused, refuseAny } from '../../errors/refused.ts'
import { say } from '../../errors/say.ts'
import { defaultUsers } from '../../oceanbase/index.ts'
import type { Plan } from '../../plan/plan.ts'
import { secretOf } from '../../secretOf.ts'
import { type Db, insertRows, type Secrets, secrets, take } from '../../store/acceptance.ts'
import * as schema from '../../store/schema/index.ts'
import type { Asking, Operation, Rule, Work } from '../operation.ts'
import { lockClusters, lockHosts, lockObproxies, refuseWithStandbys } from '../uses.ts'
import { admit } from './admission.ts'
import { readInventory } from './inventory.ts'
import type { NewCluster } from './newCluster.ts'
import { planCreate, rootServerOf } from './plan.ts'
import { primaryOf } from './standbyRule.ts'

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
  const of = secretOf.cluster(primaryId)
  const copy = secretOf.cluster(standbyId)
  for (const { name } of defaultUsers) await kept.copy(of[name], copy[name])
}

/**
 * Reserves hosts, gives ids, writes the cluster and its secret. Of requests at the same time for
 * one name or one host exactly one is accepted.
 */
async function acceptCreate(
  plan: Plan,
  { tx, keys, request, creator }: Asking<NewCluster>,
): Promise<Work> {
  // Taking the id locks the counter row until commit: creates are serialised from here.
  const clusterId = await take(tx, 'cluster')
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
  const {
    name,
    type,
    zones,
    password,
    proxyroPassword,
    primaryObClusterId: _,
    ...settings
  } = request
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
  await tx
    .update(schema.hosts)
    .set({ status: 'ONLINE' })
    .where(sql`${schema.hosts.id} = any(${sql.param(hostIds)})`)
  await secrets(tx, keys).put(secretOf.cluster(clusterId).root, password)
  if (proxyroPassword !== undefined)
    await secrets(tx, keys).put(secretOf.cluster(clusterId).proxyro, proxyroPassword)
  const primary = type === 'STANDBY' ? primaryOf(request, inventory) : undefined
  if (primary !== undefined) await copyUsers(secrets(tx, keys), primary.id, clusterId)
  return {
    plan,
    ...planCreate({ request, inventory, package: rpm, clusterId, obClusterId }),
    cluster: { id: clusterId, name, obClusterId, type },
    async afterwards(taskId) {
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
          taskId,
          innerStatus: 'INACTIVE',
          status: 'CREATING' as const,
          withRootserver: false,
        })),
      )
    },
  }
}

/**
 * A cluster in use is deleted, not rolled back: only a deletion asks everybody who depends on it.
 */
const refuseRollback: Rule = async (tx, { clusterId, operation }) => {
  const [cluster] = await lockClusters(tx, clusterId === null ? [] : [clusterId])
  if (cluster === undefined) {
    // A second rollback may find that the first one has already deleted the cluster's row.
    if (operation === 'ROLLBACK') return
    throw new Refused({ code: 'OBE11001', args: [clusterId ?? ''] })
  }
  await refuseWithStandbys(tx, cluster)
  if (cluster.status === 'CREATING') return
  const { id, name, status } = cluster
  const why = say`cluster ${name} is ${status}, and only a CREATING one can be rolled back`
  const reason =
    status === 'RUNNING' ? say`${why}; delete it instead (DELETE /api/v2/ob/clusters/${id})` : why
  throw new Refused({ code: 'COM10005', args: [reason] })
}

/** A cluster that was deleted since, or is being deleted, is not worked on. */
const refuseRetry: Rule = async (tx, { clusterId }) => {
  const [cluster] = await lockClusters(tx, clusterId === null ? [] : [clusterId])
  if (cluster === undefined) throw new Refused({ code: 'OBE11001', args: [clusterId ?? ''] })
  if (cluster.status !== 'DELETING') return
  throw new Refused({ code: 'OBE11007', args: [cluster.name, cluster.status] })
}

/** The operation that makes a cluster by a plan. */
export const createOperation = <const Name extends string>(declared: {
  readonly name: Name
  readonly chinese: string
  readonly plan: Plan
}): Operation<Name, NewCluster> => ({
  name: declared.name,
  title: declared.plan.name,
  chinese: declared.chinese,
  accept: async (asking) => [await acceptCreate(declared.plan, asking)],
  refuseRollback,
  refuseRetry,
})
