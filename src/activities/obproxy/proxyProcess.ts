import { DefiniteError, TransientError } from '../../errors/failure.ts'
import { printed } from '../../errors/printed.ts'
import { say } from '../../errors/say.ts'
import {
  type ClusterSource,
  type ClusterSpec,
  connectSql,
  forgetProxy,
  generatePassword,
  noteProxyStarted,
  type Obproxy,
  obproxyAdmin,
  proxyStartedHere,
  type Sql,
  type SqlTarget,
  setAdminPassword,
  startObproxy,
  stopObproxy,
} from '../../oceanbase/index.ts'
import { Secret } from '../../quote.ts'
import { secretOf } from '../../secretOf.ts'
import type { ObproxyCluster, ObproxyServer } from '../../store/index.ts'
import type { Node } from '../node.ts'
import { passwordRefused } from '../session.ts'
import { until } from '../until.ts'
import { obproxyPlaceOf } from './obproxyPackage.ts'
import { proxyUser } from './proxyUser.ts'

export type ProxyUse = 'packages.get' | 'secrets.getOrCreate' | 'secrets.remove'

/** One proxy process and the obproxy cluster it belongs to. */
export interface ProxyProcess {
  readonly of: ObproxyCluster
  readonly server: ObproxyServer
}

const processOf = async (
  { store }: Node<'packages.get'>,
  { of, server }: ProxyProcess,
): Promise<Obproxy> => ({
  ...(await obproxyPlaceOf({ proxies: of, store }, server)),
  appName: of.name,
  osUser: proxyUser,
  listenPort: server.sqlPort,
  prometheusPort: server.exporterPort,
  startupParameters: of.startupParameters,
})

/** A session through a proxy's listen port. */
export async function throughPort<T>(
  node: Node,
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

const adminPassword = (
  { store }: Node<'secrets.getOrCreate'>,
  { of }: ProxyProcess,
): Promise<Secret> => store.secrets.getOrCreate(secretOf.obproxy(of.id).root, generatePassword)

/**
 * A session of `root@proxysys`, over the host's own loopback: from 4.3.1 on a proxy refuses its
 * administrator from everywhere but 127.0.0.1 and 192.168.0.0/16, with the words of a wrong
 * password. Source: obproxy ob_mysql_client_session.cpp:1636, iocore/net/ob_inet.h:530.
 */
async function asAdminWith<T>(
  node: Node,
  { server: { hostId, ip, sqlPort: port } }: ProxyProcess,
  password: Secret,
  work: (session: Sql) => Promise<T>,
): Promise<T> {
  const host = await node.host(hostId)
  return host.overLoopback(port, async (stream) => {
    const target = { ip, port, username: obproxyAdmin, password, stream }
    const session = await connectSql(target, node)
    try {
      return await work(session)
    } finally {
      await session.close()
    }
  })
}

/** Work on the proxy's own configuration. */
export const asProxyAdmin = async <T>(
  node: Node<'secrets.getOrCreate'>,
  proxy: ProxyProcess,
  work: (session: Sql) => Promise<T>,
): Promise<T> => asAdminWith(node, proxy, await adminPassword(node, proxy), work)

/** What a proxy's listen port says to its administrator. */
async function answer(
  node: Node<'secrets.getOrCreate'>,
  proxy: ProxyProcess,
): Promise<'in' | 'refused' | 'silent'> {
  try {
    return await asProxyAdmin(node, proxy, async () => 'in' as const)
  } catch (error) {
    if (error instanceof TransientError) return 'silent'
    if (passwordRefused(error)) return 'refused'
    throw error
  }
}

/** Whether its listen port answers at all. */
export const proxyAnswers = async (
  node: Node<'secrets.getOrCreate'>,
  proxy: ProxyProcess,
): Promise<boolean> => (await answer(node, proxy)) !== 'silent'

/** What a proxy was started with last; made when there is none. */
const startPassword = (
  { store }: Node<'secrets.getOrCreate'>,
  { of, server }: ProxyProcess,
): Promise<Secret> =>
  store.secrets.getOrCreate(secretOf.obproxy(of.id).start(server.id), generatePassword)

/**
 * Gives the administrator the password of the OBProxy cluster. Until then it has the one of the
 * proxy's start, or none when a release before this one started the proxy.
 */
async function ensureAdminPassword(
  node: Node<'secrets.getOrCreate' | 'secrets.remove'>,
  proxy: ProxyProcess,
): Promise<void> {
  const { of, server } = proxy
  if ((await answer(node, proxy)) !== 'in') {
    const password = await adminPassword(node, proxy)
    const set = (session: Sql) => session.run(setAdminPassword(password))
    try {
      await asAdminWith(node, proxy, await startPassword(node, proxy), set)
    } catch (error) {
      if (!passwordRefused(error)) throw error
      await asAdminWith(node, proxy, new Secret(''), set)
    }
  }
  // Its digest was in the proxy's arguments: the next start has another.
  await node.store.secrets.remove(secretOf.obproxy(of.id).start(server.id))
}

/**
 * Where this proxy learns of clusters. Throws DefiniteError when it has no cluster to be told of:
 * without one it does not start (obd's error 4100).
 */
export function sourceOf({ of }: ProxyProcess, cluster: ClusterSpec | undefined): ClusterSource {
  if (of.configUrl !== null) return { configUrl: of.configUrl }
  if (cluster !== undefined) return { cluster }
  throw new DefiniteError({
    code: 'ODP21002',
    message: say`obproxy cluster ${of.name} works by RS_LIST and has no cluster to serve`,
    advice: say`link a cluster first`,
  })
}

/**
 * Whose a proxy is that is started: always the task's that made its OBProxy cluster. A create or a
 * link that finds it down brings it up for all whom it serves, and nobody's end but the OBProxy
 * cluster's own stops it.
 */
const ownerOf = (node: Node, { of }: ProxyProcess): number => of.taskId ?? node.input.taskId

/**
 * Starts a proxy that does not run, and lets its administrator in with the right password alone.
 */
export async function bringUpProxy(
  node: Node<ProxyUse>,
  proxy: ProxyProcess,
  source: ClusterSource,
): Promise<void> {
  if (!(await proxyAnswers(node, proxy))) await start(node, proxy, source)
  await ensureAdminPassword(node, proxy)
}

async function start(
  node: Node<ProxyUse>,
  proxy: ProxyProcess,
  source: ClusterSource,
): Promise<void> {
  const host = await node.host(proxy.server.hostId)
  await host.must(noteProxyStarted(ownerOf(node, proxy)), { title: 'note that obproxy is started' })
  const { code, stderr } = await host.run(
    startObproxy(await processOf(node, proxy), source, await startPassword(node, proxy)),
    {
      as: proxyUser,
      title: 'start obproxy',
    },
  )
  if (code !== 0) {
    throw new DefiniteError({
      code: 'ODP21002',
      message: say`obproxy on ${host.ip} did not start: ${printed(stderr.trim().slice(-1000))}`,
      advice: say`see that the obproxy package is installed there, then retry`,
      host: host.ip,
    })
  }
  await until(say`obproxy ${host.ip}`, node, async () =>
    (await proxyAnswers(node, proxy))
      ? { ready: true }
      : { waiting: say`its port does not answer yet` },
  )
}

/** Stops the proxy if it was started for its OBProxy cluster. */
export async function takeDownProxy(
  node: Node<'packages.get'>,
  proxy: ProxyProcess,
): Promise<boolean> {
  const host = await node.host(proxy.server.hostId)
  const started = await host.must(proxyStartedHere(ownerOf(node, proxy)), {
    title: 'look who started obproxy',
  })
  if (!started.includes('started')) return false
  await host.must(stopObproxy(await processOf(node, proxy)), {
    as: proxyUser,
    title: 'stop obproxy',
  })
  await host.must(forgetProxy(ownerOf(node, proxy)), { title: 'forget obproxy' })
  return true
}
