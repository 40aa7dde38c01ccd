import { layoutOf, obproxyIn, portsOf } from '../oceanbase/index.ts'
import {
  clusterReads,
  type Db,
  type Keys,
  obproxy,
  type Package,
  packages,
  type Task,
} from '../store/acceptance.ts'

/** What a cluster or a proxy has on one host by the store's account: where to look. */
export interface Footprint {
  readonly hostId: number
  readonly ip: string
  readonly processes: readonly string[]
  readonly paths: readonly string[]
  readonly packages: readonly string[]
  readonly ports: readonly number[]
}

/** File names of rpms are their names with `.rpm`. */
const nameOf = ({ fileName }: Package): string => fileName.replace(/\.rpm$/, '')

async function ofCluster(tx: Db, clusterId: number): Promise<Footprint[]> {
  const cluster = await clusterReads(tx).get(clusterId)
  if (cluster === undefined) return []
  const { installPath: install, dataPath: data, logPath: log, name, version } = cluster
  const { ownRoots } = layoutOf({ name, version, paths: { install, data, log } })
  const installed = await packages(tx).get(cluster.packageId)
  const set = installed ? (await packages(tx).setOf(installed)).packages : []
  const all = {
    processes: ['observer'],
    paths: ownRoots,
    packages: set.map(nameOf),
    ports: [cluster.sqlPort, cluster.rpcPort],
  }
  return cluster.zones.flatMap(({ servers }) =>
    servers.map(({ hostId, ip }) => ({ hostId, ip, ...all })),
  )
}

async function ofProxies(tx: Db, keys: Keys, obproxyClusterId: number): Promise<Footprint[]> {
  const found = await obproxy(tx, keys).get(obproxyClusterId)
  if (found === undefined) return []
  const chosen = found.packageId === null ? undefined : await packages(tx).get(found.packageId)
  const software = chosen ? [chosen] : []
  const all = {
    processes: ['obproxy'],
    paths: software.flatMap(({ programs }) => obproxyIn(programs) ?? []),
    packages: software.map(nameOf),
  }
  const { startupParameters } = found
  return found.servers.map(({ hostId, ip, sqlPort, exporterPort }) => ({
    hostId,
    ip,
    ...all,
    ports: software.flatMap((rpm) => portsOf(rpm, { sqlPort, exporterPort }, startupParameters)),
  }))
}

/** What the cluster or the proxies of a task have on their hosts. */
export function footprintsOf(
  tx: Db,
  keys: Keys,
  { clusterId, obproxyClusterId }: Task,
): Promise<Footprint[]> | Footprint[] {
  if (clusterId !== null) return ofCluster(tx, clusterId)
  return obproxyClusterId === null ? [] : ofProxies(tx, keys, obproxyClusterId)
}
