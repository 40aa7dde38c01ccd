import { Refused, refuseAny } from '../../errors/refused.ts'
import { say } from '../../errors/say.ts'
import { type DefaultUser, defaultUsers } from '../../oceanbase/index.ts'
import { expand } from '../../plan/expand.ts'
import type { Plan } from '../../plan/plan.ts'
import type { Secret } from '../../quote.ts'
import { secretOf } from '../../secretOf.ts'
import { hosts, newRows, type Secrets, secrets, take } from '../../store/acceptance.ts'
import * as schema from '../../store/schema/index.ts'
import type { Asking, Operation, Rule, Work } from '../operation.ts'
import { lockClusters, refuseWithStandbys } from '../uses.ts'
import { admit } from './admission.ts'
import { readInventory } from './inventory.ts'
import type { NewCluster } from './newCluster.ts'
import { planCreate, rootServerOf, targetsOf } from './plan.ts'
import { primaryOf } from './standbyRule.ts'

/** Passwords of the users that a standby gets with its primary's data. */
async function usersOf(
  kept: Secrets,
  primaryId: number,
): Promise<{ readonly name: DefaultUser; readonly secret: Secret }[]> {
  const of = secretOf.cluster(primaryId)
  const known = await kept.known(defaultUsers.map(({ name }) => of[name]))
  return defaultUsers.flatMap(({ name }) => {
    const secret = known.get(of[name])
    return secret ? [{ name, secret }] : []
  })
}

/**
 * Reserves hosts, gives ids, and has the cluster and its secrets written with its task. Of requests
 * at the same time for one host the second waits; of those for a new name the second fails when it
 * writes, and is looked at once more. Ids are taken when nothing is refused any more, so that few
 * are given to nothing.
 */
async function acceptCreate(
  plan: Plan,
  { tx, keys, request, creator }: Asking<NewCluster>,
): Promise<Work> {
  const { name, type, zones, password, proxyroPassword } = request
  const inventory = await readInventory(tx, keys, request, 'accept')
  refuseAny(admit(request, inventory))
  const rpm = inventory.package
  if (rpm === undefined) throw new Error('admission let a missing package pass')
  const obClusterId = request.obClusterId ?? inventory.lastObClusterId + 1
  const ipOf = (hostId: number): string => inventory.hosts.get(hostId)?.innerIpAddress ?? ''
  const servers = zones
    .flatMap((zone) => zone.servers.map((hostId) => ({ zone, hostId })))
    .map((server, position) => ({ ...server, position }))
  const hostIds = servers.map((server) => server.hostId)
  const kept = secrets(tx, keys)
  const primary = type === 'STANDBY' ? primaryOf(request, inventory) : undefined
  const users = primary === undefined ? [] : await usersOf(kept, primary.id)
  if (proxyroPassword !== undefined) users.push({ name: 'proxyro', secret: proxyroPassword })
  const subtasks = expand(plan, targetsOf({ request, inventory })).length
  const [, { clusterId, numbers }] = await Promise.all([
    hosts(tx, keys).setOnline(hostIds),
    take.clusterAndTask(tx, subtasks),
  ])
  const of = secretOf.cluster(clusterId)
  return {
    plan,
    ...planCreate({ request, inventory, package: rpm, clusterId, obClusterId }),
    cluster: { id: clusterId, name, obClusterId, type },
    made: {
      numbers,
      rows: [
        kept.newRow(of.root, password),
        ...users.map(({ name, secret }) => kept.newRow(of[name], secret)),
        newRows(schema.clusters, [
          {
            id: clusterId,
            name,
            obClusterId,
            type,
            status: 'CREATING',
            version: rpm.version,
            packageId: rpm.id,
            rpmName: request.rpmName,
            primaryZone: request.primaryZone,
            sqlPort: request.sqlPort,
            rpcPort: request.rpcPort,
            installPath: request.installPath,
            dataPath: request.dataPath,
            logPath: request.logPath,
            osUser: request.osUser,
            startupParameters: request.startupParameters,
            obproxyClusterIds: [...request.obproxyClusterIds],
            creator: creator.name,
          },
        ]),
        newRows(
          schema.zones,
          zones.map((zone, position) => ({
            clusterId,
            name: zone.name,
            position,
            idcName: zone.idcName,
            regionName: inventory.idcs.get(zone.idcName)?.regionName ?? '',
            innerStatus: 'INACTIVE',
            status: 'CREATING',
          })),
        ),
        newRows(
          schema.hostServices,
          hostIds.map((hostId) => ({
            hostId,
            type: 'OB_CLUSTER',
            name: `${name}:${obClusterId}`,
            version: rpm.version,
            softwarePackageId: rpm.id,
            clusterId,
          })),
        ),
        newRows(
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
            taskId: numbers.id,
            innerStatus: 'INACTIVE',
            status: 'CREATING',
            withRootserver: false,
          })),
        ),
      ],
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
