import { DefiniteError } from '../../errors/failure.ts'
import { say } from '../../errors/say.ts'
import type { ObproxyNode } from '../node.ts'
import { type LinkUse, linkProxies } from './obproxyLink.ts'

/** Proves that the OBProxy cluster is to go, and says what goes with it. */
export async function startObproxyOffline({ proxies, log }: ObproxyNode): Promise<void> {
  if (proxies.status !== 'DELETING') {
    throw new DefiniteError({
      code: 'COM10005',
      message: say`obproxy cluster ${proxies.name} is ${proxies.status}, it must be DELETING`,
    })
  }
  log(
    'INFO',
    `Proxies to go: ${proxies.servers.map(({ ip, sqlPort }) => `${ip}:${sqlPort}`).join(', ') || 'none'}`,
  )
  log(
    'INFO',
    `Clusters that lose them: ${proxies.links.map(({ clusterName }) => clusterName).join(', ') || 'none'}`,
  )
}

/**
 * Takes a deletion back: the proxies, which run again, serve what they did. A reinstalled one has
 * forgotten its clusters.
 */
export async function keepObproxyCluster(
  node: ObproxyNode<LinkUse | 'obproxy.setStatus'>,
): Promise<void> {
  const { proxies, store, log } = node
  for (const { clusterId } of proxies.links)
    await linkProxies(await node.ofCluster(clusterId), proxies)
  await store.obproxy.setStatus(proxies.id, 'RUNNING')
  log('INFO', `OBProxy cluster ${proxies.name} stays`)
}
