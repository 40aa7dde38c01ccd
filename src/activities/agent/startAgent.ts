import { DefiniteError, TransientError } from '../../errors/failure.ts'
import { printed } from '../../errors/printed.ts'
import { type Said, say } from '../../errors/say.ts'
import { agent } from '../../oceanbase/index.ts'
import type { HostNode } from '../node.ts'
import { type Look, until } from '../until.ts'
import { type AgentConfigUse, agentConfigOf } from './agentConfig.ts'
import { type AgentUse, agentOf, agentPackageOf, agentVersion } from './agentPackage.ts'

/**
 * A busy host's agent takes its time; one that is not there after this is kept from it by
 * something.
 */
const patienceMs = 180_000

/**
 * Starts the host's agent, or restarts it on an older configuration, and proves that its status URL
 * answers; of one without a control program, which has no such URL, that its daemon runs.
 */
export async function startAgent(
  node: HostNode<AgentUse | AgentConfigUse | 'hosts.setAgent'>,
): Promise<{ readonly version: string }> {
  await bringUp(node)
  await waitForAgent(node)
  const version = agentVersion(await agentPackageOf(node, node.server.hostId))
  await node.store.hosts.setAgent(node.server.hostId, { version, status: 'AVAILABLE' })
  return { version }
}

/**
 * A host that was away meanwhile may have been rebooted: then the agent is started again, and its
 * time begins again.
 */
async function waitForAgent(node: HostNode<AgentUse | AgentConfigUse>): Promise<void> {
  const { basicAuth } = await agentConfigOf(node)
  let since = performance.now()
  let away = false
  const look = async (): Promise<Look<true>> => {
    try {
      if (away) {
        await bringUp(node)
        away = false
        since = performance.now()
      }
      const waiting = await whyNot(node, basicAuth)
      if (waiting === undefined) return { ready: true }
      if (performance.now() - since > patienceMs) throw await silent(node, waiting)
      return { waiting }
    } catch (error) {
      if (error instanceof TransientError) away = true
      throw error
    }
  }
  await until(say`the agent`, node, look)
}

const bringUp = async (node: HostNode<AgentUse>): Promise<string> =>
  node.target.must(agent.startAgent(await agentOf(node, node.server.hostId), node.cluster), {
    as: agent.agentOwner,
    title: 'start the agent',
  })

/** What keeps the agent from being seen as running, if anything. */
async function whyNot(
  node: HostNode<AgentUse>,
  basicAuth: agent.AgentConfig['basicAuth'],
): Promise<Said | undefined> {
  const brought = await agentOf(node, node.server.hostId)
  if (brought.control === undefined) {
    const { code, stderr } = await node.target.run(agent.agentRuns(brought, node.cluster), {
      as: agent.agentOwner,
      title: 'look whether the agent runs',
    })
    return code === 0 ? undefined : printed(stderr.trim())
  }
  const { code, stdout, stderr } = await node.target.run(agent.agentStatus(basicAuth), {
    title: 'ask the agent for its status',
  })
  const said = stderr.trim()
  if (code !== 0)
    return said === '' ? say`its status URL does not answer (exit code ${code})` : printed(said)
  const { state } = agent.readAgentStatus(stdout)
  return state === 'running' ? undefined : say`it is ${state || say`silent`}`
}

async function silent(node: HostNode<AgentUse>, why: Said): Promise<DefiniteError> {
  const { ip } = node.target
  const { home } = await agentOf(node, node.server.hostId)
  return new DefiniteError({
    code: 'TSK10005',
    message: say`the agent on ${ip} was started and does not serve: ${why}`,
    advice: say`look into ${home}/log on that host, and whether other programs have its ports ${Object.values(agent.agentPorts)}`,
    host: ip,
  })
}
