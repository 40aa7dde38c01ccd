import { asc, eq, sql } from 'drizzle-orm'
import { needsOfHost } from '../../oceanbase/index.ts'
import {
  type Db,
  hosts,
  idcsByName,
  type Keys,
  obproxyReads,
  packages,
  prepared,
} from '../../store/acceptance.ts'
import * as schema from '../../store/schema/index.ts'
import { clustersOf, lockObproxies, unfinishedOfClusters } from '../uses.ts'
import type { Inventory, ServingObproxy } from './admission.ts'
import type { NewCluster } from './newCluster.ts'

const withName = (db: Db) =>
  db
    .select()
    .from(schema.clusters)
    .where(eq(schema.clusters.name, sql.placeholder('name')))
    .orderBy(asc(schema.clusters.id))
const namesakesOf = prepared((db) => withName(db).prepare('obflow_namesakes'))
const lockingNamesakes = prepared((db) =>
  withName(db).for('update').prepare('obflow_namesakes_locked'),
)

/**
 * What the rules of a create look at, and the highest obClusterId that the name has had. Accepting
 * locks what the create is to use, and its namesakes, so that a primary is not deleted before its
 * standby exists; asking locks nothing.
 */
export async function readInventory(
  tx: Db,
  keys: Keys,
  request: NewCluster,
  purpose: 'accept' | 'ask',
): Promise<Inventory & { lastObClusterId: number }> {
  const locks = purpose === 'accept'
  const hostIds = request.zones.flatMap((zone) => zone.servers)
  // Sent one behind the other, in this order, which is that of locks; see uses.ts.
  const [found, namesakes, rpm, named] = await Promise.all([
    (locks ? hosts(tx, keys).lockByIds : hosts(tx, keys).byIds)(hostIds),
    (locks ? lockingNamesakes : namesakesOf)(tx).execute({ name: request.name }),
    packages(tx).withSet(request.rpmName),
    idcsByName(
      tx,
      request.zones.map((zone) => zone.idcName),
    ),
  ])
  if (locks) await lockObproxies(tx, request.obproxyClusterIds)
  const installed = rpm?.set.packages ?? []
  const obproxies = new Map<number, ServingObproxy>()
  for (const id of request.obproxyClusterIds) {
    const proxy = await obproxyReads(tx).get(id)
    if (proxy !== undefined)
      obproxies.set(id, { ...proxy, served: (await clustersOf(tx, id)).length })
  }
  return {
    namesakes,
    lastObClusterId: Math.max(0, ...namesakes.map((cluster) => cluster.obClusterId)),
    package: rpm?.named,
    missing: rpm?.set.missing ?? [],
    needs: needsOfHost(installed),
    packageBytes: installed.reduce((sum, { size }) => sum + size, 0),
    hosts: new Map(found.map((host) => [host.id, host])),
    idcs: new Map(named.map((idc) => [idc.name, idc])),
    obproxies,
    primaryTask: await unfinishedOfClusters(
      tx,
      namesakes.flatMap(({ id, type }) => (type === 'PRIMARY' ? [id] : [])),
    ),
  }
}
