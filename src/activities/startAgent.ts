import * as agent from '../oceanbase/agent.ts'
import { agentConfigOf } from './agentConfig.ts'
import { agentPackageOf, agentVersion } from './agentPackage.ts'
import type { HostNode } from './node.ts'
import { type Look, until } from './until.ts'

/** Starts the host's agent, or restarts it on an older configuration, and proves that its status URL answers. */
export async function startAgent(node: HostNode): Promise<{ readonly version: string }> {
  const { basicAuth } = await agentConfigOf(node)
  await node.target.must(agent.startAgent(node.cluster), { title: 'start the agent' })
  await until('the agent', node, async (): Promise<Look<true>> => {
    const { code, stdout, stderr } = await node.target.run(agent.agentStatus(basicAuth), {
      title: 'ask the agent for its status',
    })
    if (code !== 0) return { waiting: stderr.trim() || `its status URL does not answer (exit code ${code})` }
    const status = agent.readAgentStatus(stdout)
    return status.state === 'running' ? { ready: true } : { waiting: `it is ${status.state || 'silent'}` }
  })
  const version = agentVersion(await agentPackageOf(node, node.server.hostId))
  await node.store.hosts.setAgent(node.server.hostId, { version, status: 'AVAILABLE' })
  return { version }
}
