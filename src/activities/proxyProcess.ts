import { DefiniteError, TransientError } from '../errors/failure.ts'
import {
  connectSql,
  forgetProxy,
  noteProxyStarted,
  type Obproxy,
  obproxyAdmin,
  proxyStartedHere,
  type Sql,
  type SqlTarget,
  startObproxy,
  stopObproxy,
} from '../oceanbase/index.ts'
import { Secret } from '../quote.ts'
import type { ObproxyCluster, ObproxyServer } from '../store/index.ts'
import type { ClusterNode } from './node.ts'
import { until } from './until.ts'

/** One proxy process and the obproxy cluster it belongs to. */
export interface ProxyProcess {
  readonly of: ObproxyCluster
  readonly server: ObproxyServer
}

/** Who runs it: OCP's OS user. */
const osUser = 'admin'

const processOf = ({ of, server }: ProxyProcess): Obproxy => ({
  appName: of.name,
  osUser,
  listenPort: server.sqlPort,
  prometheusPort: server.exporterPort,
})

/** A session through a proxy's listen port. */
export async function throughPort<T>(
  node: ClusterNode,
  { server: { ip, sqlPort: port } }: ProxyProcess,
  login: Pick<SqlTarget, 'username' | 'password'>,
  work: (session: Sql) => Promise<T>,
): Promise<T> {
  const session = await connectSql({ ip, port, ...login }, node)
  try {
    return await work(session)
  } finally {
    await session.close()
  }
}

/** Work on the proxy's own configuration. A proxy fresh from its package has no password for its administrator. */
export async function asProxyAdmin<T>(node: ClusterNode, proxy: ProxyProcess, work: (session: Sql) => Promise<T>): Promise<T> {
  const password = await node.store.secrets.getOrCreate(`obproxy/${proxy.of.id}/root`, () => new Secret(''))
  return throughPort(node, proxy, { username: obproxyAdmin, password }, work)
}

/** Whether its listen port lets its administrator in. */
export const proxyAnswers = (node: ClusterNode, proxy: ProxyProcess): Promise<boolean> =>
  asProxyAdmin(node, proxy, async () => true).catch((error: unknown) => {
    if (error instanceof TransientError) return false
    throw error
  })

/** Starts a proxy that does not run: without a cluster to serve none can have been started before (obd's error 4100). */
export async function bringUpProxy(node: ClusterNode, proxy: ProxyProcess): Promise<void> {
  if (await proxyAnswers(node, proxy)) return
  const host = await node.host(proxy.server.hostId)
  await host.must(noteProxyStarted(node.input.taskId), { title: 'note that obproxy is started' })
  const { code, stderr } = await host.run(startObproxy(processOf(proxy), node.cluster), { as: osUser, title: 'start obproxy' })
  if (code !== 0) {
    throw new DefiniteError({
      code: 'ODP21002',
      message: `obproxy on ${host.ip} did not start: ${stderr.trim().slice(-1000)}`,
      advice: 'see that the obproxy package is installed there, then retry',
      host: host.ip,
    })
  }
  await until(`obproxy ${host.ip}`, node, async () =>
    (await proxyAnswers(node, proxy)) ? { ready: true } : { waiting: 'its port does not answer yet' },
  )
}

/** Stops the proxy if this task started it. */
export async function takeDownProxy(node: ClusterNode, proxy: ProxyProcess): Promise<void> {
  const host = await node.host(proxy.server.hostId)
  const started = await host.must(proxyStartedHere(node.input.taskId), { title: 'look who started obproxy' })
  if (!started.includes('started')) return
  await host.must(stopObproxy(processOf(proxy)), { as: osUser, title: 'stop obproxy' })
  await host.must(forgetProxy(node.input.taskId), { title: 'forget obproxy' })
}
