import { TransientError } from '../../errors/failure.ts'
import { say } from '../../errors/say.ts'
import { allowSeconds, lineOf, stopZone } from '../../oceanbase/index.ts'
import type { PartNode } from '../node.ts'
import { onCluster } from '../session.ts'
import { zonesIn } from './zonesIn.ts'

/** STOP ZONE returns when no leader is left in the zone; allow it 5 minutes. */
const stopSeconds = 300

/**
 * Takes the zone whose turn it is out of service; OceanBase refuses when that would cost a
 * majority. When all zones go at once there is nothing to move away.
 */
export async function prepareRestartZone(node: PartNode<'clusters.setZones'>): Promise<void> {
  const { zone } = node.input
  await node.store.clusters.setZones(node.cluster.id, zonesIn(node), 'RESTARTING')
  if (zone === undefined) {
    node.log('WARN', 'All zones are restarted at once: the cluster does not serve meanwhile')
    return
  }
  const line = lineOf(node.cluster.version)
  await onCluster(
    node,
    async (session) => {
      const isActive = async () =>
        (await line.zones(session)).some((each) => each.name === zone && each.status === 'ACTIVE')
      if (await isActive()) {
        await session.run(allowSeconds(stopSeconds))
        await session.run(stopZone(zone))
      }
      if (await isActive()) throw new TransientError(say`${zone} is ACTIVE although it was stopped`)
    },
    { timeoutMs: 2 * stopSeconds * 1000 },
  )
  node.log('INFO', `${zone} is stopped: its leaders have moved`)
}
