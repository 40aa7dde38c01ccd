import { removePackage } from '../../host/index.ts'
import { agent } from '../../oceanbase/index.ts'
import { sh } from '../../quote.ts'
import type { HostNode } from '../node.ts'
import { type AgentConfigUse, agentConfigOf } from './agentConfig.ts'
import { type AgentUse, agentOf, agentWish } from './agentPackage.ts'
import { ensureAgent } from './installOcpAgent.ts'

/**
 * Tells the host's agent which server it watches and as whom; brings the agent when the host was
 * prepared without one.
 */
export async function refreshAgentConfig(
  node: HostNode<AgentUse | AgentConfigUse>,
): Promise<{ readonly changed: boolean }> {
  await ensureAgent(node, node.server.hostId, node.target)
  const brought = await agentOf(node, node.server.hostId)
  const script = agent.refreshAgentConfig(brought, await agentConfigOf(node))
  const answer = (
    await node.target.must(script, { as: agent.agentOwner, title: 'write the agent configuration' })
  ).trim()
  if (answer === 'unconfigurable')
    node.log(
      'WARN',
      `${brought.daemon} in ${brought.home} has no conf/config_properties (OCP up to 3.1): only OCP can tell it what to watch`,
    )
  else node.log('INFO', `agent configuration ${answer}`)
  return { changed: answer === 'changed' }
}

/**
 * Puts back the configuration that the agent had before, and removes the agent if this task brought
 * it.
 */
export async function restoreAgentConfig(
  node: HostNode<AgentUse | 'hosts.setAgent'>,
): Promise<void> {
  // Without its owner a host has no agent, and no script can run as that user.
  const { code } = await node.target.run(sh`id -u ${agent.agentOwner}`, {
    title: 'look for the user of the agent',
  })
  if (code === 0) {
    const script = agent.restoreAgentConfig(await agentOf(node, node.server.hostId), node.cluster)
    await node.target.must(script, {
      as: agent.agentOwner,
      title: 'put back the agent configuration',
    })
  }
  const { hostId } = node.server
  if ((await removePackage(node.target, await agentWish(node, hostId))) === 'removed')
    await node.store.hosts.setAgent(hostId, undefined)
}
