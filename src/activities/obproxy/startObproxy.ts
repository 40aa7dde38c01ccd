import type { ObproxyHostNode } from '../node.ts'
import {
  bringUpProxy,
  type ProxyProcess,
  type ProxyUse,
  sourceOf,
  takeDownProxy,
} from './proxyProcess.ts'

const processOf = ({ proxies, proxy }: ObproxyHostNode): ProxyProcess => ({
  of: proxies,
  server: proxy,
})

/** Starts the proxy, unless it runs, and gives its administrator the password. */
export async function startObproxy(node: ObproxyHostNode<ProxyUse>): Promise<void> {
  const { proxies, proxy } = node
  const process = processOf(node)
  const [first] = proxies.links
  const cluster =
    proxies.workMode === 'RS_LIST' && first
      ? (await node.ofCluster(first.clusterId)).cluster
      : undefined
  await bringUpProxy(node, process, sourceOf(process, cluster))
  node.log('INFO', `obproxy on ${proxy.ip} answers on port ${proxy.sqlPort}`)
}

/** Stops the proxy if it was started for this OBProxy cluster. */
export async function stopObproxy(node: ObproxyHostNode<ProxyUse>): Promise<void> {
  const stopped = await takeDownProxy(node, processOf(node))
  node.log(
    'INFO',
    stopped
      ? `obproxy on ${node.proxy.ip} is stopped`
      : `no obproxy of this cluster was started on ${node.proxy.ip}`,
  )
}
