import { nameOf, removeLegacy } from '../../host/index.ts'
import type { PreparedHostNode } from '../node.ts'
import { type AgentUse, agentPackageOf } from './agentPackage.ts'

/** What OCP's own agent is called; obagent in its place needs its ports. */
const ocpAgent = 't-oceanbase-ocp-agent'

/**
 * Removes an OCP agent of another version, or of any where obagent is to come. Does nothing when
 * there is none.
 */
export async function uninstallLegacyOcpAgent(node: PreparedHostNode<AgentUse>): Promise<void> {
  const file = await agentPackageOf(node, node.hostId)
  const done = await removeLegacy(node.target, {
    package: file.name === 'obagent' ? ocpAgent : file.name,
    keep: nameOf(file),
  })
  node.log('INFO', done.join('; ') || 'no legacy OCP agent')
}
