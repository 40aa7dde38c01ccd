import { startAgain } from '../../oceanbase/index.ts'
import { bringUp } from '../cluster/observers.ts'
import type { HostNode } from '../node.ts'

/** Starts the observer on the parameters it has saved, or adopts the one that runs. */
export async function startObserverProcess(node: HostNode): Promise<void> {
  await bringUp(node, node.server, startAgain(node.cluster), 'start observer')
}
