import type { ObproxyNode } from '../node.ts'
import { type LinkUse, linkProxies, unlinkProxies } from './obproxyLink.ts'

const changing = ({ proxies }: ObproxyNode): number[] =>
  proxies.links.filter(({ state }) => state === 'CHANGING').map(({ clusterId }) => clusterId)

/**
 * Makes the proxies serve every cluster whose link is not settled, one after the other; the links
 * are settled when all work.
 */
export async function linkObClusters(node: ObproxyNode<LinkUse | 'obproxy.settle'>): Promise<void> {
  const clusterIds = changing(node)
  for (const clusterId of clusterIds)
    await linkProxies(await node.ofCluster(clusterId), node.proxies)
  await node.store.obproxy.settle(node.proxies.id, clusterIds)
}

/** Takes every cluster whose link is not settled from the proxies, and the links with it. */
export async function unlinkObClusters(
  node: ObproxyNode<'obproxy.unlink' | 'secrets.getOrCreate'>,
): Promise<void> {
  const clusterIds = changing(node)
  for (const clusterId of clusterIds)
    await unlinkProxies(await node.ofCluster(clusterId), node.proxies)
  await node.store.obproxy.unlink(node.proxies.id, clusterIds)
}
