import { DefiniteError, saidBy } from '../../errors/failure.ts'
import { say } from '../../errors/say.ts'
import {
  createReadOnlyUser,
  linkStatements,
  proxyroStatement,
  throughProxy,
  unlinkStatements,
} from '../../oceanbase/index.ts'
import type { Secret } from '../../quote.ts'
import { secretOf } from '../../secretOf.ts'
import type { ObproxyCluster } from '../../store/index.ts'
import { inParallel } from '../inParallel.ts'
import type { ClusterNode } from '../node.ts'
import { onCluster, selectOne } from '../session.ts'
import { until } from '../until.ts'
import {
  asProxyAdmin,
  bringUpProxy,
  type ProxyProcess,
  type ProxyUse,
  proxyAnswers,
  sourceOf,
  throughPort,
} from './proxyProcess.ts'

export type LinkUse = ProxyUse | 'obproxy.linkedTo' | 'secrets.get' | 'secrets.put'

/**
 * Makes the proxies serve this cluster and proves it through each one's port. Their link is in the
 * store already if they ask for it there.
 */
export async function linkProxies(
  node: ClusterNode<LinkUse>,
  proxies: ObproxyCluster,
): Promise<void> {
  refuseSecond(node, proxies)
  const proxyro = await agreeOnProxyro(node, proxies)
  await inParallel(proxies.servers, async (server) => {
    const proxy = { of: proxies, server }
    await bringUpProxy(node, proxy, sourceOf(proxy, node.cluster))
    const statements =
      proxies.configUrl === null
        ? linkStatements(node.cluster, proxyro)
        : [proxyroStatement(proxyro)]
    await asProxyAdmin(node, proxy, async (session) => {
      for (const statement of statements) await session.run(statement)
    })
    await proveRoute(node, proxy)
  })
  node.log(
    'INFO',
    `obproxy cluster ${proxies.name} serves ${node.cluster.name} through ${proxies.servers.length} proxies`,
  )
}

/**
 * Takes this cluster from the proxies again, linked wholly or not. One that asks for its clusters
 * is told of the others only, by the store. The proxies run on: they are the OBProxy cluster's, and
 * may serve others.
 */
export async function unlinkProxies(
  node: ClusterNode<'secrets.getOrCreate'>,
  proxies: ObproxyCluster,
): Promise<void> {
  if (proxies.configUrl === null)
    await inParallel(proxies.servers, (server) => forgetCluster(node, { of: proxies, server }))
  node.log('INFO', `obproxy cluster ${proxies.name} serves ${node.cluster.name} no more`)
}

async function forgetCluster(
  node: ClusterNode<'secrets.getOrCreate'>,
  proxy: ProxyProcess,
): Promise<void> {
  // A proxy that is down must not keep the rest of a rollback from happening.
  if (!(await proxyAnswers(node, proxy))) {
    node.log(
      'WARN',
      `obproxy on ${proxy.server.ip} does not answer: its own configuration is left as it is`,
    )
    return
  }
  await asProxyAdmin(node, proxy, async (session) => {
    for (const statement of unlinkStatements()) await session.run(statement)
  })
}

export const otherLink = ({ cluster }: ClusterNode, { links }: ObproxyCluster) =>
  links.find((existing) => existing.clusterId !== cluster.id)

/** With a list of root servers a proxy serves one cluster: a second would take the first away. */
function refuseSecond(node: ClusterNode, proxies: ObproxyCluster): void {
  const other = otherLink(node, proxies)
  if (proxies.workMode !== 'RS_LIST' || !other) return
  throw new DefiniteError({
    code: 'COM10003',
    message: say`obproxy cluster ${proxies.name} serves ${other.clusterName} and can serve one cluster only`,
    advice: say`skip this subtask and link another obproxy cluster later`,
  })
}

/**
 * A proxy has one proxyro password for all clusters it serves (oceanbase issue 878): its first
 * cluster's, or the one it was created with. A cluster whose proxyro has another one takes that of
 * the proxies, unless proxies elsewhere rely on its own.
 */
async function agreeOnProxyro(
  node: ClusterNode<LinkUse>,
  proxies: ObproxyCluster,
): Promise<Secret> {
  const { cluster, store } = node
  const ref = secretOf.cluster(cluster.id).proxyro
  const own = await store.secrets.get(ref)
  const wanted = await store.secrets.getOrCreate(secretOf.obproxy(proxies.id).proxyro, () => own)
  if (wanted.reveal() === own.reveal()) return own
  const [elsewhere] = (await store.obproxy.linkedTo(cluster.id)).filter((id) => id !== proxies.id)
  if (elsewhere !== undefined) {
    throw new DefiniteError({
      code: 'ODP21011',
      message: say`proxyro of ${cluster.name} has the password that obproxy cluster ${elsewhere} needs, ${proxies.name} has another one`,
      advice: say`give both obproxy clusters the same proxyroPassword, or link ${cluster.name} to one of them only`,
    })
  }
  node.log(
    'WARN',
    `proxyro of ${cluster.name} takes the password of obproxy cluster ${proxies.name}, which has one for all clusters`,
  )
  // The cluster first: until both are done, the next attempt sets it again.
  await onCluster(node, async (session) => {
    for (const statement of createReadOnlyUser('proxyro', wanted)) await session.run(statement)
  })
  await store.secrets.put(ref, wanted)
  return wanted
}

/**
 * `SELECT 1` as root of this cluster through the proxy, which needs a moment to read the cluster's
 * servers.
 */
async function proveRoute(node: ClusterNode<'secrets.get'>, proxy: ProxyProcess): Promise<void> {
  const password = await node.store.secrets.get(secretOf.cluster(node.cluster.id).root)
  const username = throughProxy(node.cluster)
  await until(
    say`${username} through ${proxy.server.ip}:${proxy.server.sqlPort}`,
    node,
    async () => {
      try {
        await throughPort(node, proxy, { username, password }, selectOne)
        return { ready: true }
      } catch (error) {
        if (error instanceof Error && !node.signal.aborted) return { waiting: saidBy(error) }
        throw error
      }
    },
  )
}
