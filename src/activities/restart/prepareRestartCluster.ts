import { DefiniteError } from '../../errors/failure.ts'
import { say } from '../../errors/say.ts'
import type { PartNode } from '../node.ts'
import { zonesIn } from './zonesIn.ts'

/** Proves that the cluster is to be restarted, and logs what that means. */
export async function prepareRestartCluster(node: PartNode<'clusters.get'>): Promise<void> {
  const { cluster, log, servers, store } = node
  const status = (await store.clusters.get(cluster.id))?.status
  if (status !== 'RESTARTING') {
    const message = say`cluster ${cluster.name} is ${status ?? say`gone`}, it must be RESTARTING`
    throw new DefiniteError({ code: 'OBE11008', message })
  }
  log('INFO', `${servers.length} observers in ${zonesIn(node).join(', ')} are restarted`)
}
