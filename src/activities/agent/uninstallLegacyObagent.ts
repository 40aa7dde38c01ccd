import { nameOf, removeLegacy } from '../../host/index.ts'
import type { PreparedHostNode } from '../node.ts'
import { type AgentUse, agentPackageOf } from './agentPackage.ts'

/**
 * Removes an obagent of its own package: it would hold the ports of the agent that is to come. Does
 * nothing when there is none.
 */
export async function uninstallLegacyObagent(node: PreparedHostNode<AgentUse>): Promise<void> {
  const file = await agentPackageOf(node, node.hostId)
  const done = await removeLegacy(node.target, {
    package: 'obagent',
    keep: nameOf(file),
  })
  node.log('INFO', done.join('; ') || 'no legacy obagent')
}
