import { DefiniteError } from '../../errors/failure.ts'
import { say } from '../../errors/say.ts'
import { clusterRole, defaultUsers, rootServersOf } from '../../oceanbase/index.ts'
import type { ClusterNode } from '../node.ts'
import { canLogIn, onCluster } from '../session.ts'
import { until } from '../until.ts'

/**
 * Proves that the cluster is a standby and has its primary's users: root gets in with the primary's
 * password and not without one, and so do the users that the agent and the obproxies log in as.
 * They arrive with the primary's data, so it waits for them.
 */
export async function checkStandbyCluster(node: ClusterNode): Promise<void> {
  const { cluster } = node
  for (const server of rootServersOf(cluster)) {
    for (const name of ['root', ...defaultUsers.map((user) => user.name)] as const) {
      await until(say`${name} on ${server.ip}`, node, async () =>
        (await canLogIn(node, server, name))
          ? { ready: true }
          : { waiting: say`the primary's password is refused` },
      )
    }
    await until(say`root on ${server.ip} to have a password`, node, async () =>
      (await canLogIn(node, server, 'rootEmpty'))
        ? { waiting: say`it has none yet` }
        : { ready: true },
    )
  }
  const { obClusterId, role } = await onCluster(node, clusterRole)
  if (role !== 'PHYSICAL STANDBY' || obClusterId !== cluster.obClusterId) {
    throw new DefiniteError({
      code: 'OBE10002',
      message: say`${cluster.name}:${cluster.obClusterId} says that it is ${role || say`no`} cluster ${obClusterId}, not a PHYSICAL STANDBY`,
    })
  }
  node.log('INFO', `${cluster.name}:${obClusterId} is ${role} and has its primary's users`)
}
