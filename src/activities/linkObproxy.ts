import { DefiniteError } from '../errors/failure.ts'
import {
  connectSql,
  linkStatements,
  obproxyAdmin,
  type Sql,
  type SqlTarget,
  throughProxy,
  unlinkStatements,
} from '../oceanbase/index.ts'
import { Secret } from '../quote.ts'
import type { ObproxyCluster, ObproxyServer } from '../store/index.ts'
import { inParallel } from './inParallel.ts'
import type { ClusterNode } from './node.ts'
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
    proveFree(node, proxies)
    await inParallel(proxies.servers, async (proxy) => {
      await asProxyAdmin(node, proxies, proxy, async (session) => {
        for (const statement of linkStatements(cluster, proxyro)) await session.run(statement)
      })
      await proveRoute(node, proxy)
    })
    await store.obproxy.link(id, [cluster.id])
    node.log('INFO', `obproxy cluster ${proxies.name} serves ${cluster.name} through ${proxies.servers.length} proxies`)
  }
}

/** Takes the links back that this cluster has. */
export async function unlinkObproxy(node: ClusterNode): Promise<void> {
  for (const id of node.cluster.obproxyClusterIds) {
    const proxies = await node.store.obproxy.get(id)
    if (!proxies?.links.some((link) => link.clusterId === node.cluster.id)) continue
    await inParallel(proxies.servers, (proxy) =>
      asProxyAdmin(node, proxies, proxy, async (session) => {
        for (const statement of unlinkStatements()) await session.run(statement)
      }),
    )
    await node.store.obproxy.unlink(id, [node.cluster.id])
    node.log('INFO', `obproxy cluster ${proxies.name} serves ${node.cluster.name} no more`)
  }
}

async function proxyCluster(node: ClusterNode, id: number): Promise<ObproxyCluster> {
  const found = await node.store.obproxy.get(id)
  if (!found) throw new DefiniteError({ code: 'ODP21001', message: `obproxy cluster ${id} does not exist` })
  if (found.servers.length === 0)
    throw new DefiniteError({ code: 'ODP21002', message: `obproxy cluster ${found.name} has no proxy` })
  return found
}

/** A proxy with a list of root servers serves one cluster; giving it another one would take the first away. */
function proveFree(node: ClusterNode, proxies: ObproxyCluster): void {
  const other = proxies.links.find((link) => link.clusterId !== node.cluster.id)
  if (!other) return
  throw new DefiniteError({
    code: 'COM10003',
    message: `obproxy cluster ${proxies.name} serves ${other.clusterName} and can serve one cluster only`,
    advice: `unlink ${other.clusterName} from it, or skip this subtask and link another obproxy cluster later`,
  })
}

async function signedIn<T>(node: ClusterNode, target: SqlTarget, work: (session: Sql) => Promise<T>): Promise<T> {
  const session = await connectSql(target, node)
  try {
    return await work(session)
  } finally {
    await session.close()
  }
}

/** A proxy fresh from its package has no password for its administrator. */
const asProxyAdmin = async <T>(
  node: ClusterNode,
  proxies: ObproxyCluster,
  { ip, sqlPort: port }: ObproxyServer,
  work: (session: Sql) => Promise<T>,
): Promise<T> => {
  const password = await node.store.secrets.getOrCreate(`obproxy/${proxies.id}/root`, () => new Secret(''))
  return signedIn(node, { ip, port, username: obproxyAdmin, password }, work)
}

/** `SELECT 1` as root of this cluster through the proxy: it needs a moment to read the cluster's servers. */
async function proveRoute(node: ClusterNode, { ip, sqlPort: port }: ObproxyServer): Promise<void> {
  const password = await node.store.secrets.get(`cluster/${node.cluster.id}/root`)
  const username = throughProxy(node.cluster)
  await until(`${username} through ${ip}:${port}`, node, async () => {
    try {
      await signedIn(node, { ip, port, username, password }, selectOne)
      return { ready: true }
    } catch (error) {
      if (error instanceof Error && !node.signal.aborted) return { waiting: error.message }
      throw error
    }
  })
}
