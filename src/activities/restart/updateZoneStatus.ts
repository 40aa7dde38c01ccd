import { TransientError } from '../../errors/failure.ts'
import { say } from '../../errors/say.ts'
import { lineOf } from '../../oceanbase/index.ts'
import type { PartNode } from '../node.ts'
import { onCluster } from '../session.ts'
import { zonesIn } from './zonesIn.ts'

/** RESTARTING becomes RUNNING when the cluster says that the zone is ACTIVE. */
export async function updateZoneStatus(node: PartNode<'clusters.setZones'>): Promise<void> {
  const seen = await onCluster(node, lineOf(node.cluster.version).zones)
  const zones = zonesIn(node)
  const missing = zones.filter(
    (zone) => !seen.some(({ name, status }) => name === zone && status === 'ACTIVE'),
  )
  if (missing.length > 0) throw new TransientError(say`not ACTIVE: ${missing}`)
  await node.store.clusters.setZones(node.cluster.id, zones, 'RUNNING')
}
