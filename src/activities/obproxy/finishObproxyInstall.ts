import type { ObproxyNode } from '../node.ts'

/**
 * CREATING becomes RUNNING. Without proxies nothing else settles the links: a proxy that joins
 * later reads them.
 */
export async function finishObproxyInstall({
  proxies,
  store,
  log,
}: ObproxyNode<'obproxy.settle' | 'obproxy.setStatus'>): Promise<void> {
  await store.obproxy.settle(
    proxies.id,
    proxies.links.map(({ clusterId }) => clusterId),
  )
  await store.obproxy.setStatus(proxies.id, 'RUNNING')
  log('INFO', `OBProxy cluster ${proxies.name} is RUNNING`)
}
