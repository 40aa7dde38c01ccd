import { DefiniteError } from '../../errors/failure.ts'
import { say } from '../../errors/say.ts'
import { clusterRole, verifyAddCluster } from '../../oceanbase/index.ts'
import type { ClusterNode } from '../node.ts'
import { onPrimary, primaryOf } from './primary.ts'

/**
 * Proves, before anything is made, that the posted password opens the primary, and that it is one
 * and may have a standby. Makes nothing.
 */
export async function checkPrimaryCluster(node: ClusterNode<'secrets.get'>): Promise<void> {
  const primary = primaryOf(node)
  const { obClusterId, role } = await onPrimary(node, clusterRole)
  if (obClusterId !== primary.obClusterId || role !== 'PRIMARY') {
    throw new DefiniteError({
      code: 'OBE11017',
      message: say`the servers of ${node.cluster.name}:${primary.obClusterId} say that they are ${role || say`no`} cluster ${obClusterId}`,
      advice: say`roll this task back and name a cluster that is PRIMARY`,
    })
  }
  await onPrimary(node, (session) => session.run(verifyAddCluster))
  node.log('INFO', `${node.cluster.name}:${primary.obClusterId} is PRIMARY and may have a standby`)
}
