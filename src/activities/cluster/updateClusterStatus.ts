import { DefiniteError } from '../../errors/failure.ts'
import { say } from '../../errors/say.ts'
import type { ClusterNode } from '../node.ts'

/** CREATING or RESTARTING becomes RUNNING: from here on the cluster is in use. */
export async function updateClusterStatus(node: ClusterNode<'clusters.setRunning'>): Promise<void> {
  const { id, name } = node.cluster
  if (!(await node.store.clusters.setRunning(id))) {
    throw new DefiniteError({
      code: 'OBE11008',
      message: say`cluster ${name} is not to become RUNNING any more`,
    })
  }
  node.log('INFO', `Cluster ${name} is RUNNING`)
}
