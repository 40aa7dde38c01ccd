import type { PartNode } from '../node.ts'
import { waitForOthers } from './rolling.ts'
import { zonesIn } from './zonesIn.ts'

/**
 * A zone's turn begins when all others serve and are in sync: the one before it is back in full.
 */
export async function setZoneContext(node: PartNode): Promise<void> {
  await waitForOthers(node)
  node.log(
    'INFO',
    `Turn of ${zonesIn(node).join(', ')}: ${node.servers.map(({ ip }) => ip).join(', ')}`,
  )
}
