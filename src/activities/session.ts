import { z } from 'zod'
import { DefiniteError, TransientError } from '../errors/failure.ts'
import { listed, type Said, say } from '../errors/say.ts'
import {
  isAbsentTable,
  lineOf,
  rootServersOf,
  type ServerSpec,
  type Sql,
  type SqlUser,
  StillStarting,
} from '../oceanbase/index.ts'
import { sql } from '../quote.ts'
import type { ClusterNode } from './node.ts'

/** The code connectSql gives to a refused user or password. */
const refusedCode = 'OBE12000'

/** Whether a login failed by its user or password, and by nothing else. */
export const passwordRefused = (error: unknown): boolean =>
  error instanceof DefiniteError && error.reason.code === refusedCode

export interface SessionOptions {
  /** Milliseconds one statement may take. */
  readonly timeoutMs?: number
}

/** Proves that a session does more than let itself be opened. */
export const selectOne = async (session: Sql): Promise<void> => {
  await session.rows(sql`SELECT 1 AS one`, z.unknown())
}

const thenClosed = async <T>(session: Sql, work: (session: Sql) => Promise<T>): Promise<T> => {
  try {
    return await work(session)
  } finally {
    await session.close()
  }
}

/**
 * Proves that the server has refreshed its schema since its start. Until then root gets in without
 * a password whatever it is, and no table but the core ones is there. Source: oceanbase
 * src/observer/ob_server.cpp, "wait schema ready".
 */
async function proveSchema(node: ClusterNode, server: ServerSpec, session: Sql): Promise<void> {
  try {
    await lineOf(node.cluster.version).zones(session)
  } catch (error) {
    if (!isAbsentTable(error)) throw error
    throw new StillStarting(say`observer ${server.ip} has not refreshed its schema yet`)
  }
}

/**
 * Whether this user gets in. False only for a refused password; a server that lets root in without
 * one because it is starting throws StillStarting.
 */
export async function canLogIn(
  node: ClusterNode,
  server: ServerSpec,
  user: SqlUser,
): Promise<boolean> {
  try {
    await thenClosed(await node.sql(server, user), (session) =>
      user === 'rootEmpty' ? proveSchema(node, server, session) : selectOne(session),
    )
    return true
  } catch (error) {
    if (passwordRefused(error)) return false
    throw error
  }
}

/** What root was let in with last: spares every further login of a node a refused one. */
const lastRoot = new WeakMap<ClusterNode, 'root' | 'rootEmpty'>()

/**
 * A session as root, with the cluster's password or, as until "Set sys password", without one. The
 * first is tried again at the end: a server that just became ready refused it a moment ago.
 */
async function openAsRoot(
  node: ClusterNode,
  server: ServerSpec,
  options?: SessionOptions,
): Promise<{ readonly session: Sql; readonly user: 'root' | 'rootEmpty' }> {
  const order =
    lastRoot.get(node) === 'rootEmpty'
      ? (['rootEmpty', 'root'] as const)
      : (['root', 'rootEmpty', 'root'] as const)
  for (const user of order) {
    try {
      const session = await node.sql(server, user, options)
      lastRoot.set(node, user)
      return { session, user }
    } catch (error) {
      if (!passwordRefused(error)) throw error
    }
  }
  throw new DefiniteError({
    code: refusedCode,
    message: say`root can log in to ${server.ip} neither with the cluster's password nor without one`,
    advice: say`the password was changed outside: set it back to the posted one, then retry`,
    host: server.ip,
  })
}

/**
 * Work as root on one server, whether it is in a cluster or not, and ready or not: for BOOTSTRAP
 * and what comes before.
 */
export const asFirstRoot = async <T>(
  node: ClusterNode,
  server: ServerSpec,
  work: (session: Sql) => Promise<T>,
  options?: SessionOptions,
): Promise<T> => thenClosed((await openAsRoot(node, server, options)).session, work)

/**
 * Work as root on one server of a cluster, with the password it has at this moment. Throws
 * StillStarting when the server is not ready.
 */
export async function asRoot<T>(
  node: ClusterNode,
  server: ServerSpec,
  work: (session: Sql) => Promise<T>,
  options?: SessionOptions,
): Promise<T> {
  const { session, user } = await openAsRoot(node, server, options)
  return thenClosed(session, async () => {
    // The core schema knows no password: who gets in with one finds the whole schema.
    if (user === 'rootEmpty') await proveSchema(node, server, session)
    return work(session)
  })
}

/**
 * Work as root on the first root server that is ready: one dead host must not stop what the cluster
 * can still do.
 */
export async function onCluster<T>(
  node: ClusterNode,
  work: (session: Sql) => Promise<T>,
  options?: SessionOptions,
): Promise<T> {
  const unreachable: Said[] = []
  for (const server of rootServersOf(node.cluster)) {
    try {
      return await asRoot(node, server, work, options)
    } catch (error) {
      if (!(error instanceof TransientError) || node.signal.aborted) throw error
      unreachable.push(error.reason)
    }
  }
  throw new TransientError(say`no root server answers: ${listed(unreachable, '; ')}`)
}

/** The server BOOTSTRAP is sent to: the first zone's root server. */
export function leadingServer(node: ClusterNode): ServerSpec {
  const [leader] = rootServersOf(node.cluster)
  if (!leader)
    throw new DefiniteError({
      code: 'OBE11019',
      message: say`cluster ${node.cluster.name} has no root server`,
    })
  return leader
}
