import type { PackagesUse } from '../cluster/clusterPackage.ts'
import { asMaker } from '../cluster/makerOf.ts'
import { stopObservers } from '../cluster/observers.ts'
import { clearServer } from '../cluster/startAfresh.ts'
import type { HostNode } from '../node.ts'
import { removeRpm } from './installRpm.ts'
import { removeIoBench } from './ioBench.ts'
import { removeDir } from './makeDir.ts'

/**
 * Leaves the host as it was before the create: observer stopped by its own pid, then what the
 * create made, in reverse. What others put there stays and is named in the log; each step looks
 * first, so that it may be run again.
 */
export async function cleanObserverHost(node: HostNode<PackagesUse>): Promise<void> {
  const maker = asMaker(node)
  await stopObservers(maker, [maker.server])
  await clearServer(maker, maker.server)
  await removeIoBench(maker)
  await removeDir(maker)
  await removeRpm(maker)
}
