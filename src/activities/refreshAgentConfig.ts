import * as agent from '../oceanbase/agent.ts'
import { agentConfigOf } from './agentConfig.ts'
import { ensureAgent } from './installOcpAgent.ts'
import type { HostNode } from './node.ts'

/** Tells the host's agent which server it watches and as whom; brings the agent when the host was prepared without one. */
export async function refreshAgentConfig(node: HostNode): Promise<{ readonly changed: boolean }> {
  await ensureAgent(node, node.server.hostId, node.target)
  const script = agent.refreshAgentConfig(await agentConfigOf(node))
  const answer = (await node.target.must(script, { title: 'write the agent configuration' })).trim()
  node.log('INFO', `agent configuration ${answer}`)
  return { changed: answer === 'changed' }
}

/** Puts back the configuration that the agent had before. */
export async function restoreAgentConfig({ cluster, target }: HostNode): Promise<void> {
  await target.must(agent.restoreAgentConfig(cluster), { title: 'put back the agent configuration' })
}
