import { DefiniteError } from '../../errors/failure.ts'
import { say } from '../../errors/say.ts'
import { serversOf } from '../../oceanbase/index.ts'
import type { ClusterNode } from '../node.ts'
import { type UnlinkUse, unlinkObproxy } from '../obproxy/linkObproxy.ts'
import { removeStandbyCluster } from './addStandbyCluster.ts'
import { asMaker } from './makerOf.ts'

/**
 * Proves that the cluster is to go, takes it from the obproxies that serve it and from a primary
 * that it follows, and logs what will be removed.
 */
export async function prepareDeleteCluster(
  node: ClusterNode<UnlinkUse | 'clusters.get' | 'secrets.get'>,
): Promise<void> {
  const { cluster, log, store } = node
  const status = (await store.clusters.get(cluster.id))?.status
  if (status !== 'DELETING') {
    throw new DefiniteError({
      code: 'OBE11008',
      message: say`cluster ${cluster.name} is ${status ?? say`gone`}, it must be DELETING`,
    })
  }
  const maker = asMaker(node)
  await unlinkObproxy(maker)
  if (cluster.type === 'STANDBY') await removeStandbyCluster(node)
  const { install, data, log: redo } = cluster.paths
  log(
    'INFO',
    `Cluster ${cluster.name}:${cluster.obClusterId} goes, with all its data: ${install}, ${data}, ${redo}`,
  )
  log(
    'INFO',
    `Of ${serversOf(cluster)
      .map(({ ip }) => ip)
      .join(', ')} what task ${maker.input.taskId} made is removed`,
  )
}
