import { DefiniteError } from '../../errors/failure.ts'
import { say } from '../../errors/say.ts'
import { rootServersOf, type ServerSpec } from '../../oceanbase/index.ts'
import type { ClusterNode } from '../node.ts'

/**
 * The node in the name of the task that made a server: that id is on everything it made on the
 * host, and is what its undoing looks for.
 */
export function asMaker<Node extends ClusterNode & { readonly server?: ServerSpec }>(
  node: Node,
): Node {
  const { server = rootServersOf(node.cluster)[0] } = node
  if (server?.taskId !== undefined)
    return { ...node, input: { ...node.input, taskId: server.taskId } }
  throw new DefiniteError({
    code: 'OBE11001',
    message: say`no task here has made ${server?.ip ?? say`a server`} of cluster ${node.cluster.name}, so nothing there is known to be removable`,
    advice: say`clean the host by hand, then skip this subtask`,
  })
}
