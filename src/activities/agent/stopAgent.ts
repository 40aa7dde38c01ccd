import { asMaker } from '../cluster/makerOf.ts'
import type { HostNode } from '../node.ts'
import type { AgentUse } from './agentPackage.ts'
import { restoreAgentConfig } from './refreshAgentConfig.ts'

/**
 * The host's agent watches this cluster no more: as it was before the create, and gone if the
 * create brought it.
 */
export async function stopAgent(node: HostNode<AgentUse | 'hosts.setAgent'>): Promise<void> {
  await restoreAgentConfig(asMaker(node))
  node.log(
    'INFO',
    `the agent on ${node.server.ip} is as it was before cluster ${node.cluster.name}`,
  )
}
