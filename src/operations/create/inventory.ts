import { eq } from 'drizzle-orm'
import { needsOfHost } from '../../oceanbase/index.ts'
import {
  type Db,
  hosts,
  idcsByName,
  type Keys,
  obproxyReads,
  packages,
} from '../../store/acceptance.ts'
import * as schema from '../../store/schema/index.ts'
import { clustersOf, unfinishedOfClusters } from '../uses.ts'
import type { Inventory, ServingObproxy } from './admission.ts'
import type { NewCluster } from './newCluster.ts'

/**
 * What the rules of a create look at, and the highest obClusterId that the name has had. Takes no
 * locks.
 */
export async function readInventory(
  tx: Db,
  keys: Keys,
  request: NewCluster,
): Promise<Inventory & { lastObClusterId: number }> {
  const hostIds = request.zones.flatMap((zone) => zone.servers)
  const rpm = await packages(tx).byFileName(request.rpmName)
  const set = rpm && (await packages(tx).setOf(rpm))
  const installed = set?.packages ?? []
  const obproxies = new Map<number, ServingObproxy>()
  for (const id of request.obproxyClusterIds) {
    const proxy = await obproxyReads(tx).get(id)
    if (proxy !== undefined)
      obproxies.set(id, { ...proxy, served: (await clustersOf(tx, id)).length })
  }
  const sameName = eq(schema.clusters.name, request.name)
  const namesakes = await tx.select().from(schema.clusters).where(sameName)
  const named = await idcsByName(
    tx,
    request.zones.map((zone) => zone.idcName),
  )
  return {
    namesakes,
    lastObClusterId: Math.max(0, ...namesakes.map((cluster) => cluster.obClusterId)),
    package: rpm,
    missing: set?.missing ?? [],
    needs: needsOfHost(installed),
    packageBytes: installed.reduce((sum, { size }) => sum + size, 0),
    hosts: new Map((await hosts(tx, keys).byIds(hostIds)).map((host) => [host.id, host])),
    idcs: new Map(named.map((idc) => [idc.name, idc])),
    obproxies,
    primaryTask: await unfinishedOfClusters(
      tx,
      namesakes.flatMap(({ id, type }) => (type === 'PRIMARY' ? [id] : [])),
    ),
  }
}
