import { setParameter } from '../../oceanbase/index.ts'
import type { ObproxyHostNode } from '../node.ts'
import {
  asProxyAdmin,
  bringUpProxy,
  type ProxyProcess,
  sourceOf,
  takeDownProxy,
} from './proxyProcess.ts'

const processOf = ({ proxies, proxy }: ObproxyHostNode): ProxyProcess => ({
  of: proxies,
  server: proxy,
})

/**
 * Starts the proxy, unless it runs, gives its administrator the password, sets its parameters, and
 * so proves that it answers.
 */
export async function startObproxy(node: ObproxyHostNode): Promise<void> {
  const { proxies, proxy, store } = node
  const process = processOf(node)
  const [first] = proxies.links
  const cluster =
    proxies.workMode === 'RS_LIST' && first
      ? (await node.ofCluster(first.clusterId)).cluster
      : undefined
  await bringUpProxy(node, process, sourceOf(process, cluster))
  await asProxyAdmin(node, process, async (session) => {
    for (const { name, value } of proxies.parameters) await session.run(setParameter(name, value))
  })
  await store.obproxy.seen(proxy.id, { status: 'RUNNING', at: new Date() })
  node.log('INFO', `obproxy on ${proxy.ip} answers on port ${proxy.sqlPort}`)
}

/** Stops the proxy if it was started for this OBProxy cluster. */
export async function stopObproxy(node: ObproxyHostNode): Promise<void> {
  const stopped = await takeDownProxy(node, processOf(node))
  node.log(
    'INFO',
    stopped
      ? `obproxy on ${node.proxy.ip} is stopped`
      : `no obproxy of this cluster was started on ${node.proxy.ip}`,
  )
}
