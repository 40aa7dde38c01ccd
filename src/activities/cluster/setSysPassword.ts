import { DefiniteError } from '../../errors/failure.ts'
import { say } from '../../errors/say.ts'
import { alterRootPassword, rootServersOf } from '../../oceanbase/index.ts'
import { secretOf } from '../../secretOf.ts'
import type { ClusterNode } from '../node.ts'
import { canLogIn, leadingServer, onCluster } from '../session.ts'
import { until } from '../until.ts'

/**
 * Gives root@sys the cluster's password, whether it has none yet or has it already, and proves it
 * on every root server.
 */
export async function setSysPassword(node: ClusterNode<'secrets.get'>): Promise<void> {
  if (await canLogIn(node, leadingServer(node), 'root'))
    node.log('INFO', "root has the cluster's password already")
  else {
    const password = await node.store.secrets.get(secretOf.cluster(node.cluster.id).root)
    await onCluster(node, (session) => session.run(alterRootPassword(password)))
  }
  for (const server of rootServersOf(node.cluster)) {
    // The other root servers learn of a new password a moment later.
    await until(say`root's password on ${server.ip}`, node, async () =>
      (await canLogIn(node, server, 'root'))
        ? { ready: true }
        : { waiting: say`the new password is refused` },
    )
    if (await canLogIn(node, server, 'rootEmpty')) {
      throw new DefiniteError({
        code: 'OBE10002',
        message: say`root can still log in to ${server.ip} without a password`,
        host: server.ip,
      })
    }
  }
  node.log(
    'INFO',
    "root logs in with the cluster's password on every root server, and not without one",
  )
}
