import { type Host, installPackage, nameOf, removePackage } from '../../host/index.ts'
import type { Node, PreparedHostNode } from '../node.ts'
import { type AgentUse, agentWish } from './agentPackage.ts'

/** Installs the newest agent package of the host's architecture, unless it is there whole. */
export async function installOcpAgent(
  node: PreparedHostNode<AgentUse>,
): Promise<{ readonly installed: boolean }> {
  return ensureAgent(node, node.hostId, node.target)
}

/** Removes the agent package if this task installed it. */
export async function removeOcpAgent(
  node: PreparedHostNode<AgentUse | 'hosts.setAgent'>,
): Promise<void> {
  const wish = await agentWish(node, node.hostId)
  const outcome = await removePackage(node.target, wish)
  if (outcome === 'removed') await node.store.hosts.setAgent(node.hostId, undefined)
  node.log(
    'INFO',
    outcome === 'removed'
      ? `${nameOf(wish.file)} removed`
      : `${nameOf(wish.file)} is not this task's, nothing removed`,
  )
}

/** The same for any node that needs the agent on a host. */
export async function ensureAgent(
  node: Pick<Node<AgentUse>, 'input' | 'store' | 'log' | 'progress'>,
  hostId: number,
  target: Host,
): Promise<{ readonly installed: boolean }> {
  const wish = await agentWish(node, hostId)
  const outcome = await installPackage(target, wish, (sent) =>
    node.progress(`${Math.round((100 * sent) / wish.file.size)} % of ${wish.file.fileName} sent`),
  )
  node.log(
    'INFO',
    outcome === 'unchanged'
      ? `${nameOf(wish.file)} is already installed`
      : `${nameOf(wish.file)} installed`,
  )
  return { installed: outcome === 'installed' }
}
