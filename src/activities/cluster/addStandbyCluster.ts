import { say } from '../../errors/say.ts'
import { addCluster, removeCluster, standbyStatus } from '../../oceanbase/index.ts'
import type { ClusterNode } from '../node.ts'
import { until } from '../until.ts'
import { clearObservers } from './bootstrapOb.ts'
import { onPrimary } from './primary.ts'

const statusOf = (node: ClusterNode<'secrets.get'>) =>
  onPrimary(node, standbyStatus(node.cluster.obClusterId))

/**
 * Lets the registered standby follow its primary, and proves that the primary counts it as VALID.
 */
export async function addStandbyCluster(node: ClusterNode<'secrets.get'>): Promise<void> {
  const { name, obClusterId } = node.cluster
  await until(say`the primary to know ${name}:${obClusterId}`, node, async () => {
    const seen = await statusOf(node)
    return seen === undefined ? { waiting: say`it is not registered yet` } : { ready: seen }
  })
  if ((await statusOf(node)) !== 'VALID')
    await onPrimary(node, (session) => session.run(addCluster(node.cluster)))
  await until(say`${name}:${obClusterId} to be VALID`, node, async () => {
    const seen = await statusOf(node)
    return seen === 'VALID'
      ? { ready: true }
      : { waiting: say`it is ${seen ?? say`unknown`} to the primary` }
  })
  node.log('INFO', `The primary counts ${name}:${obClusterId} as VALID`)
}

/** The primary knows this standby no more, if it ever did. */
export async function removeStandbyCluster(node: ClusterNode<'secrets.get'>): Promise<void> {
  if (node.cluster.primary === undefined) {
    node.log(
      'WARN',
      `The primary of ${node.cluster.name}:${node.cluster.obClusterId} is not here any more: nothing to forget there`,
    )
    return
  }
  if ((await statusOf(node)) === undefined) return
  await onPrimary(node, (session) => session.run(removeCluster(node.cluster)))
  await until(
    say`the primary to forget ${node.cluster.name}:${node.cluster.obClusterId}`,
    node,
    async () => {
      const seen = await statusOf(node)
      return seen === undefined ? { ready: true } : { waiting: say`it is ${seen} to the primary` }
    },
  )
  node.log('INFO', `The primary has forgotten ${node.cluster.name}:${node.cluster.obClusterId}`)
}

/**
 * Undoes the BOOTSTRAP of a standby: on the primary, which it registered with, then on its own
 * hosts.
 */
export async function clearStandby(node: ClusterNode<'secrets.get'>): Promise<void> {
  await removeStandbyCluster(node)
  await clearObservers(node)
}
