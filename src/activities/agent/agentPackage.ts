import { DefiniteError } from '../../errors/failure.ts'
import { say } from '../../errors/say.ts'
import type { RpmWish } from '../../host/index.ts'
import { type Agent, agentIn, agentOwner } from '../../oceanbase/index.ts'
import type { Package } from '../../store/index.ts'
import type { Node } from '../node.ts'

/** Where the agent writes, its generated key in `conf` included. Source: obagent's layout. */
const agentFills = [
  'run',
  'log',
  'tmp',
  'backup',
  'conf',
  'pkg_store',
  'task_store',
  'position_store',
  'site-packages',
]

export type AgentUse = 'hosts.get' | 'hosts.chooseAgent' | 'packages.agentFor' | 'packages.get'

/**
 * The agent package of a host: the one that was chosen for it, else the newest that an ADMIN or the
 * task's creator uploaded, which is chosen by that. One uploaded later changes nothing for this
 * host. Throws DefiniteError PKG10014 when there is none for its architecture.
 */
export async function agentPackageOf(
  { input, store }: Pick<Node<AgentUse>, 'input' | 'store'>,
  hostId: number,
): Promise<Package> {
  const host = await store.hosts.get(hostId)
  const architecture = host?.architecture ?? 'x86_64'
  const newest = host?.agentPackageId
    ? undefined
    : await store.packages.agentFor(input.taskId, architecture)
  const id = host?.agentPackageId ?? (newest && (await store.hosts.chooseAgent(hostId, newest.id)))
  const found = id === undefined ? undefined : await store.packages.get(id)
  if (found) return found
  throw new DefiniteError({
    code: 'PKG10014',
    message: say`there is no OCP_AGENT_INSTALL_PACKAGE for ${architecture} of an ADMIN, or of whoever adds the host`,
    advice: say`let one of them upload it, then retry; or add the host with the agentPackageId of another`,
    ...(host && { host: host.innerIpAddress }),
  })
}

/** The agent's version as OCP shows it of a host, e.g. `3.1.2-20210812221645`. */
export const agentVersion = ({
  version,
  buildNumber,
}: Pick<Package, 'version' | 'buildNumber'>): string => `${version}-${buildNumber}`

/** The agent of a host, as its package lists it. */
export const agentOf = async (
  node: Pick<Node<AgentUse>, 'input' | 'store'>,
  hostId: number,
): Promise<Agent> => agentOfPackage(await agentPackageOf(node, hostId))

/** An upload lists its programs; a row of an older release may not. */
function agentOfPackage({ fileName, programs }: Package): Agent {
  const agent = agentIn(programs)
  if (agent) return agent
  throw new DefiniteError({
    code: 'PKG10014',
    message: say`${fileName} lists no bin/ob_agentd and no bin/ocp_agentd`,
    advice: say`delete the package and upload it again, or an agent that has one, then retry`,
  })
}

/**
 * How the agent is to be installed: where its package puts it, since its unit and its scripts name
 * that place.
 */
export async function agentWish(
  node: Pick<Node<AgentUse>, 'input' | 'store'>,
  hostId: number,
): Promise<RpmWish> {
  const file = await agentPackageOf(node, hostId)
  const { home, daemon, control } = agentOfPackage(file)
  return {
    taskId: node.input.taskId,
    file,
    prefix: home,
    fixed: true,
    fills: agentFills,
    brings: `${home}/bin/${control ?? daemon}`,
    owner: agentOwner,
  }
}
