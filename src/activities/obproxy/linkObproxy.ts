import { DefiniteError } from '../../errors/failure.ts'
import { say } from '../../errors/say.ts'
import { serversOf } from '../../oceanbase/index.ts'
import { waitForSql } from '../cluster/observers.ts'
import { inParallel } from '../inParallel.ts'
import type { ClusterNode } from '../node.ts'
import { type LinkUse, linkProxies, otherLink, unlinkProxies } from './obproxyLink.ts'

/**
 * Makes the wanted obproxy clusters serve this cluster and proves it through each proxy's port;
 * nothing more to do when none was asked for. The last node of a create: it hands over no cluster
 * of which an observer has died since.
 */
export async function linkObproxy(
  node: ClusterNode<LinkUse | 'clusters.get' | 'obproxy.get' | 'obproxy.link'>,
): Promise<void> {
  const { cluster, store } = node
  const status = (await store.clusters.get(cluster.id))?.status
  if (status !== 'RUNNING') {
    throw new DefiniteError({
      code: 'OBE11008',
      message: say`cluster ${cluster.name} is ${status ?? say`gone`}, it must be RUNNING`,
    })
  }
  await inParallel(serversOf(cluster), (server) => waitForSql(node, server))
  if (cluster.obproxyClusterIds.length === 0) node.log('INFO', 'No obproxy cluster was asked for')
  for (const id of cluster.obproxyClusterIds) {
    const proxies = await store.obproxy.get(id)
    if (!proxies)
      throw new DefiniteError({
        code: 'ODP21001',
        message: say`obproxy cluster ${id} does not exist`,
      })
    // Proxies that ask for their clusters must find this one before it can be proven.
    if (proxies.workMode === 'CONFIG_URL') await store.obproxy.link(id, [cluster.id])
    await linkProxies(node, proxies)
    await store.obproxy.link(id, [cluster.id])
  }
}

export type UnlinkUse =
  | 'obproxy.get'
  | 'obproxy.linkedTo'
  | 'obproxy.unlink'
  | 'secrets.getOrCreate'

/** Takes back the links of this cluster, finished or not, and those made since. */
export async function unlinkObproxy(node: ClusterNode<UnlinkUse>): Promise<void> {
  const { cluster, store } = node
  for (const id of new Set([
    ...cluster.obproxyClusterIds,
    ...(await store.obproxy.linkedTo(cluster.id)),
  ])) {
    const proxies = await store.obproxy.get(id)
    // Where a single cluster can be linked and that is another one, linkObproxy was refused:
    // nothing of ours is on these proxies.
    if (!proxies || (proxies.workMode === 'RS_LIST' && otherLink(node, proxies))) continue
    await unlinkProxies(node, proxies)
    await store.obproxy.unlink(id, [cluster.id])
  }
}
