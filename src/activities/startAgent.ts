import { DefiniteError, TransientError } from '../errors/failure.ts'
import * as agent from '../oceanbase/agent.ts'
import { agentConfigOf } from './agentConfig.ts'
import { agentPackageOf, agentVersion } from './agentPackage.ts'
import type { HostNode } from './node.ts'
import { type Look, until } from './until.ts'

/** A busy host's agent takes its time; one that is not there after this is kept from it by something. */
const patienceMs = 180_000

/** Starts the host's agent, or restarts it on an older configuration, and proves that its status URL answers. */
export async function startAgent(node: HostNode): Promise<{ readonly version: string }> {
  await node.target.must(agent.startAgent(node.cluster), { as: agent.agentOwner, title: 'start the agent' })
  await waitForAgent(node)
  const version = agentVersion(await agentPackageOf(node, node.server.hostId))
  await node.store.hosts.setAgent(node.server.hostId, { version, status: 'AVAILABLE' })
  return { version }
}

async function waitForAgent(node: HostNode): Promise<void> {
  const { basicAuth } = await agentConfigOf(node)
  const patience = AbortSignal.timeout(patienceMs)
  const look = async (): Promise<Look<true>> => {
    const { code, stdout, stderr } = await node.target.run(agent.agentStatus(basicAuth), {
      title: 'ask the agent for its status',
    })
    if (code !== 0) return { waiting: stderr.trim() || `its status URL does not answer (exit code ${code})` }
    const { state } = agent.readAgentStatus(stdout)
    return state === 'running' ? { ready: true } : { waiting: `it is ${state || 'silent'}` }
  }
  try {
    await until('the agent', { ...node, signal: AbortSignal.any([node.signal, patience]) }, look)
  } catch (error) {
    if (node.signal.aborted || !(error instanceof TransientError)) throw error
    throw new DefiniteError(
      {
        code: 'TSK10005',
        message: `the agent on ${node.target.ip} was started and does not serve: ${error.message}`,
        advice: `look into ${agent.agentHome}/log on that host, and whether other programs have its ports ${Object.values(agent.agentPorts).join(', ')}`,
        host: node.target.ip,
      },
      { cause: error },
    )
  }
}
