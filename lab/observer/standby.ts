import type { Cluster, Standby } from './cluster.ts'
import { isLeader, type Observer } from './observer.ts'
import { type Address, call } from './rpc.ts'
import { Refusal, refusal } from './sqlErrors.ts'

/** What BOOTSTRAP CLUSTER STANDBY says of the primary. */
export type Primary = {
  clusterId: number
  rootServers: { ip: string; rpcPort: number; sqlPort: number }[]
}

/** Who wants to be a standby, told to the primary. */
export type Registration = {
  clusterId: number
  clusterName: string
  version: string
  primaryId: number
  rootServers: string[]
}

const rpcMs = 2000

/** `ip:rpc:sql;…` */
export function parseRootServers(list: string): Primary['rootServers'] {
  return list.split(';').flatMap((text) => {
    const found = /^(\d+(?:\.\d+){3}):(\d+):(\d+)$/.exec(text.trim())
    return found
      ? [{ ip: found[1] ?? '', rpcPort: Number(found[2]), sqlPort: Number(found[3]) }]
      : []
  })
}

/**
 * Asks the primary's root servers, one after the other, to take this cluster; the one that leads
 * answers. Throws Refusal.
 */
export async function registerAt(
  { rootServers }: Primary,
  registration: Registration,
): Promise<void> {
  let last = 'it has none'
  for (const { ip, rpcPort } of rootServers) {
    try {
      return void (await call({ ip, port: rpcPort }, 'register', registration, rpcMs))
    } catch (error) {
      if (error instanceof Refusal && error.sql.errno !== notLeader) throw error
      last = error instanceof Error ? error.message : String(error)
    }
  }
  throw refusal(
    'rpcPost',
    `RPC post error: no root server of the primary cluster takes the standby: ${last}`,
  )
}

const notLeader = 4638

/** The primary's side: REGISTERED until ADD CLUSTER says that it may follow. */
export function register(
  self: Observer,
  { clusterId, clusterName, version, primaryId, rootServers }: Registration,
): void {
  const { cluster } = self
  if (!cluster || !isLeader(self))
    throw new Refusal({
      errno: notLeader,
      sqlState: 'HY000',
      message: 'rootserver is not the master',
    })
  const refuse = (why: string) =>
    refusal('opNotAllow', `register standby cluster not allowed: ${why}`)
  if (cluster.role !== 'PRIMARY') throw refuse('this is no primary cluster')
  if (clusterName !== cluster.clusterName || primaryId !== cluster.clusterId)
    throw refusal(
      'clusterNoMatch',
      `cluster name does not match: this is '${cluster.clusterName}:${cluster.clusterId}'`,
    )
  if (clusterId === cluster.clusterId) throw refuse(`cluster id ${clusterId} is the primary's own`)
  if (version !== cluster.version)
    throw refuse(`version ${version} is not the primary's ${cluster.version}`)
  cluster.standbys = [
    ...others(cluster, clusterId),
    { clusterId, clusterName, status: 'REGISTERED', rootServers },
  ]
  self.log('INFO', 'RS', 'standby cluster registered', { cluster: clusterName, id: clusterId })
}

const others = (cluster: Cluster, clusterId: number): Standby[] =>
  (cluster.standbys ?? []).filter((standby) => standby.clusterId !== clusterId)

/** ADD CLUSTER and REMOVE CLUSTER of the primary. Throws Refusal. */
export function changeStandby(cluster: Cluster, action: string, name: string, id: number): void {
  if (cluster.role !== 'PRIMARY')
    throw refusal('opNotAllow', `${action.toLowerCase()} cluster on standby cluster not allowed`)
  const found = cluster.standbys?.find(
    (standby) => standby.clusterId === id && standby.clusterName === name,
  )
  if (!found) throw refusal('entryNotExist', `Entry not exist: cluster '${name}:${id}'`)
  if (action.toUpperCase() === 'ADD') found.status = 'VALID'
  else cluster.standbys = others(cluster, id)
}

/**
 * Where a standby's ordinary SQL goes: to the first root server of its primary that answers, which
 * passes it on to its leader.
 */
export async function primarySql({ rootServers }: Primary): Promise<Address> {
  for (const { ip, rpcPort, sqlPort } of rootServers) {
    if (
      await call({ ip, port: rpcPort }, 'clock', null, rpcMs).then(
        () => true,
        () => false,
      )
    )
      return { ip, port: sqlPort }
  }
  const [first] = rootServers
  if (!first) throw refusal('invalidArgument', 'Invalid argument: the primary has no root server')
  return { ip: first.ip, port: first.sqlPort }
}

/** What changes data or users; a standby has those of its primary, and lets them only be read. */
const writes =
  /^\s*(INSERT|UPDATE|DELETE|REPLACE|MERGE|CREATE|DROP|TRUNCATE|RENAME|GRANT|REVOKE|SET\s+PASSWORD|ALTER\s+(?!SYSTEM\b))\b/i

export function refuseWrite(cluster: Cluster, statement: string): void {
  if (cluster.role === 'STANDBY' && writes.test(statement))
    throw refusal('standbyWeakReadOnly', 'standby cluster only support weak read')
}
