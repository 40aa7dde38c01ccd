import { DefiniteError } from '../../errors/failure.ts'
import type { ObproxyNode } from '../node.ts'

/** Proves that the OBProxy cluster is to go, and says what goes with it. */
export async function startObproxyOffline({ proxies, log }: ObproxyNode): Promise<void> {
  if (proxies.status !== 'DELETING') {
    throw new DefiniteError({
      code: 'COM10005',
      message: `obproxy cluster ${proxies.name} is ${proxies.status}, it must be DELETING`,
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

/** Takes a deletion back: the proxies run again and serve what they did. */
export async function keepObproxyCluster({ proxies, store, log }: ObproxyNode): Promise<void> {
  await store.obproxy.setStatus(proxies.id, 'RUNNING')
  log('INFO', `OBProxy cluster ${proxies.name} stays`)
}
