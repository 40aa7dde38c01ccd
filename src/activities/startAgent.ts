import * as agent from '../oceanbase/agent.ts'
import { agentConfigOf } from './agentConfig.ts'
import type { HostNode } from './node.ts'
import { type Look, until } from './until.ts'

/** Starts the host's agent, or restarts it on an older configuration, and proves that its status URL answers. */
export async function startAgent(node: HostNode): Promise<{ readonly version: string }> {
  const { basicAuth } = await agentConfigOf(node)
  await node.target.must(agent.startAgent(node.cluster), { title: 'start the agent' })
  const version = await until('the agent', node, async (): Promise<Look<string>> => {
    const { code, stdout, stderr } = await node.target.run(agent.agentStatus(basicAuth), {
      title: 'ask the agent for its status',
    })
    if (code !== 0) return { waiting: stderr.trim() || `its status URL does not answer (exit code ${code})` }
    const status = agent.readAgentStatus(stdout)
    return status.state === 'running' ? { ready: status.version } : { waiting: `it is ${status.state || 'silent'}` }
  })
  await node.store.hosts.setAgent(node.server.hostId, { version, status: 'AVAILABLE' })
  return { version }
}
