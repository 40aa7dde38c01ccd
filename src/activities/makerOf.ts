import { DefiniteError } from '../errors/failure.ts'
import type { ClusterNode } from './node.ts'

/**
 * The node in the name of the task that created the cluster: that id is on everything the create made on hosts, and is what its undoing
 * looks for.
 */
export async function asMaker<Node extends ClusterNode>(node: Node): Promise<Node> {
  const taskId = await node.store.clusters.madeBy(node.cluster.id)
  if (taskId !== undefined) return { ...node, input: { ...node.input, taskId } }
  throw new DefiniteError({
    code: 'OBE11001',
    message: `no task here has created cluster ${node.cluster.name}, so nothing on its hosts is known to be removable`,
    advice: 'clean the hosts by hand, then skip this subtask',
  })
}
