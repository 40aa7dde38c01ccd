import { DefiniteError } from '../errors/failure.ts'
import { linkStatements, throughProxy, unlinkStatements } from '../oceanbase/index.ts'
import type { Secret } from '../quote.ts'
import type { ObproxyCluster } from '../store/index.ts'
import { inParallel } from './inParallel.ts'
import type { ClusterNode } from './node.ts'
import { asProxyAdmin, bringUpProxy, type ProxyProcess, proxyAnswers, takeDownProxy, throughPort } from './proxyProcess.ts'
import { selectOne } from './session.ts'
import { until } from './until.ts'

/** Makes the wanted obproxy clusters serve this cluster and proves it through each proxy's port. Nothing to do when none was asked for. */
export async function linkObproxy(node: ClusterNode): Promise<void> {
  const { cluster, store } = node
  if (cluster.obproxyClusterIds.length === 0) {
    node.log('INFO', 'No obproxy cluster was asked for')
    return
  }
  const proxyro = await store.secrets.get(`cluster/${cluster.id}/proxyro`)
  for (const id of cluster.obproxyClusterIds) {
    const proxies = await proxyCluster(node, id)
    await inParallel(proxies.servers, (server) => link(node, { of: proxies, server }, proxyro))
    await store.obproxy.link(id, [cluster.id])
    node.log('INFO', `obproxy cluster ${proxies.name} serves ${cluster.name} through ${proxies.servers.length} proxies`)
  }
}

/** Takes back the links of this cluster, finished or not. */
export async function unlinkObproxy(node: ClusterNode): Promise<void> {
  for (const id of node.cluster.obproxyClusterIds) {
    const proxies = await node.store.obproxy.get(id)
    // Someone else's link was refused by linkObproxy, so nothing of ours is on these proxies.
    if (!proxies || otherLink(node, proxies)) continue
    await inParallel(proxies.servers, (server) => unlink(node, { of: proxies, server }))
    await node.store.obproxy.unlink(id, [node.cluster.id])
    node.log('INFO', `obproxy cluster ${proxies.name} serves ${node.cluster.name} no more`)
  }
}

async function link(node: ClusterNode, proxy: ProxyProcess, proxyro: Secret): Promise<void> {
  await bringUpProxy(node, proxy)
  await asProxyAdmin(node, proxy, async (session) => {
    for (const statement of linkStatements(node.cluster, proxyro)) await session.run(statement)
  })
  await proveRoute(node, proxy)
}

async function unlink(node: ClusterNode, proxy: ProxyProcess): Promise<void> {
  // A proxy that is down must not keep the rest of a rollback from happening.
  if (!(await proxyAnswers(node, proxy)))
    node.log('WARN', `obproxy on ${proxy.server.ip} does not answer: its own configuration is left as it is`)
  else {
    await asProxyAdmin(node, proxy, async (session) => {
      for (const statement of unlinkStatements()) await session.run(statement)
    })
  }
  await takeDownProxy(node, proxy)
}

const otherLink = ({ cluster }: ClusterNode, proxies: ObproxyCluster) =>
  proxies.links.find((existing) => existing.clusterId !== cluster.id)

/** An obproxy cluster that can take this one: with a list of root servers it serves one cluster, a second would take the first away. */
async function proxyCluster(node: ClusterNode, id: number): Promise<ObproxyCluster> {
  const found = await node.store.obproxy.get(id)
  if (!found) throw new DefiniteError({ code: 'ODP21001', message: `obproxy cluster ${id} does not exist` })
  if (found.servers.length === 0)
    throw new DefiniteError({ code: 'ODP21002', message: `obproxy cluster ${found.name} has no proxy` })
  const other = otherLink(node, found)
  if (found.workMode === 'RS_LIST' && !other) return found
  throw new DefiniteError({
    code: 'COM10003',
    message: other
      ? `obproxy cluster ${found.name} serves ${other.clusterName} and can serve one cluster only`
      : `obproxy cluster ${found.name} works by ${found.workMode}: only RS_LIST can be linked`,
    advice: 'skip this subtask and link another obproxy cluster later',
  })
}

/** `SELECT 1` as root of this cluster through the proxy, which needs a moment to read the cluster's servers. */
async function proveRoute(node: ClusterNode, proxy: ProxyProcess): Promise<void> {
  const password = await node.store.secrets.get(`cluster/${node.cluster.id}/root`)
  const username = throughProxy(node.cluster)
  await until(`${username} through ${proxy.server.ip}:${proxy.server.sqlPort}`, node, async () => {
    try {
      await throughPort(node, proxy, { username, password }, selectOne)
      return { ready: true }
    } catch (error) {
      if (error instanceof Error && !node.signal.aborted) return { waiting: error.message }
      throw error
    }
  })
}
