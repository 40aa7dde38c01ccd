import { type AgentUse, agentPackageOf, agentVersion } from '../agent/agentPackage.ts'
import type { PreparedHostNode } from '../node.ts'

/**
 * A prepared host may be used: it is AVAILABLE, and so is its agent. A host that is in use
 * meanwhile keeps its state.
 */
export async function updateHostStatus({
  hostId,
  input,
  log,
  store,
}: PreparedHostNode<AgentUse | 'hosts.setAgent' | 'hosts.setStatus'>): Promise<void> {
  const version = agentVersion(await agentPackageOf({ input, store }, hostId))
  await store.hosts.setAgent(hostId, { version, status: 'AVAILABLE' })
  const host = await store.hosts.get(hostId)
  if (host?.status === 'NEW' || host?.status === 'OFFLINE')
    await store.hosts.setStatus(hostId, 'AVAILABLE')
  log('INFO', `host ${host?.innerIpAddress ?? hostId} is AVAILABLE`)
}
