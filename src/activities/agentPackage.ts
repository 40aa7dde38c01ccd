import { DefiniteError } from '../errors/failure.ts'
import type { RpmWish } from '../host/rpm.ts'
import { agentHome } from '../oceanbase/agent.ts'
import type { Node } from './node.ts'

/** OS user that runs the agent; its home is the package's own prefix. */
const agentOwner = 'admin'

/** The newest agent package for a host. Throws DefiniteError PKG10014 when none was uploaded for its architecture. */
export async function agentWish(node: Pick<Node, 'input' | 'store'>, hostId: number): Promise<RpmWish> {
  const host = await node.store.hosts.get(hostId)
  const architecture = host?.architecture ?? 'x86_64'
  const file = await node.store.packages.newest('OCP_AGENT_INSTALL_PACKAGE', architecture)
  if (!file) {
    throw new DefiniteError({
      code: 'PKG10014',
      message: `there is no OCP_AGENT_INSTALL_PACKAGE for ${architecture}`,
      advice: 'upload one, then retry',
      ...(host && { host: host.innerIpAddress }),
    })
  }
  return { taskId: node.input.taskId, file, prefix: agentHome, brings: `${agentHome}/bin/ob_agentctl`, owner: agentOwner }
}
