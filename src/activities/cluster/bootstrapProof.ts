import { DefiniteError, TransientError } from '../../errors/failure.ts'
import { say } from '../../errors/say.ts'
import {
  isAbsentTable,
  lineOf,
  rootServersOf,
  type ServerSpec,
  type Sql,
} from '../../oceanbase/index.ts'
import type { ClusterNode } from '../node.ts'
import { asFirstRoot, leadingServer } from '../session.ts'

/**
 * Whether one of these servers proves that BOOTSTRAP was done. False proves nothing: a server that
 * is starting knows no table. Throws DefiniteError when one is in another cluster, and live.
 */
export async function provesBootstrap(
  node: ClusterNode,
  servers: readonly ServerSpec[],
): Promise<boolean> {
  const leader = leadingServer(node)
  for (const server of servers) {
    const members = await membersOf(node, server)
    if (members === undefined) continue
    if (members.length === 0 || members.includes(leader.ip)) return true
    throw new DefiniteError({
      code: 'OBE10002',
      message: say`${server.ip} is in another cluster, of ${members.slice(0, 5)}; nothing of it was touched`,
      advice: say`take the server out of that cluster, or use another host, then retry`,
      host: server.ip,
    })
  }
  return false
}

/** Whether a root server proves that BOOTSTRAP was done. False proves nothing. */
export const isBootstrapped = (node: ClusterNode): Promise<boolean> =>
  provesBootstrap(node, rootServersOf(node.cluster))

/**
 * Servers of the cluster that a server is in, none while it is starting; undefined without a proof.
 */
async function membersOf(node: ClusterNode, server: ServerSpec): Promise<string[] | undefined> {
  const line = lineOf(node.cluster.version)
  const ask = async (session: Sql) => {
    if (!(await line.bootstrapped(session))) return undefined
    const listed = await line.servers(session).catch((error: unknown) => {
      if (!isAbsentTable(error)) throw error
      return []
    })
    return listed.map(({ ip }) => ip)
  }
  try {
    return await asFirstRoot(node, server, ask)
  } catch (error) {
    if (!(error instanceof TransientError) || node.signal.aborted) throw error
    return undefined
  }
}
