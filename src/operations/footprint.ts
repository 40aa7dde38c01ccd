import { eq } from 'drizzle-orm'
import { obproxyHome } from '../oceanbase/obproxy/obproxy.ts'
import { layoutOf } from '../oceanbase/observer/layout.ts'
import { clusterReads } from '../store/clusterReads.ts'
import type { Db } from '../store/db.ts'
import type { Keys } from '../store/key.ts'
import type { Task } from '../store/newTask.ts'
import { obproxy } from '../store/obproxy.ts'
import { type Package, packages } from '../store/packages.ts'
import * as schema from '../store/schema/index.ts'

/** What a cluster or a proxy has on one host, as far as the store knows: where to look. */
export interface Footprint {
  readonly hostId: number
  readonly ip: string
  readonly processes: readonly string[]
  readonly paths: readonly string[]
  readonly packages: readonly string[]
  readonly ports: readonly number[]
}

/** File names of rpms are their names with `.rpm`. */
async function packageNames(tx: Db, id: number | null): Promise<string[]> {
  if (id === null) return []
  const rows = await tx.select().from(schema.packages).where(eq(schema.packages.id, id))
  return rows.map(nameOf)
}

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
  const all = {
    processes: ['obproxy'],
    paths: [obproxyHome],
    packages: await packageNames(tx, found.packageId),
  }
  return found.servers.map(({ hostId, ip, sqlPort, exporterPort }) => ({
    hostId,
    ip,
    ...all,
    ports: [sqlPort, exporterPort],
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
