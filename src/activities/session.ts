import { z } from 'zod'
import { DefiniteError, TransientError } from '../errors/failure.ts'
import { rootServersOf, type ServerSpec, type Sql, type SqlUser } from '../oceanbase/index.ts'
import { sql } from '../quote.ts'
import type { ClusterNode } from './node.ts'

/** The code connectSql gives to a refused user or password. */
const passwordRefused = 'OBE12000'

export interface SessionOptions {
  /** Milliseconds one statement may take. */
  readonly timeoutMs?: number
}

/** A session for one piece of work, closed behind it. */
async function session<T>(
  node: ClusterNode,
  server: ServerSpec,
  user: SqlUser,
  work: (session: Sql) => Promise<T>,
  options?: SessionOptions,
): Promise<T> {
  const opened = await node.sql(server, user, options)
  try {
    return await work(opened)
  } finally {
    await opened.close()
  }
}

const refused = (error: unknown): boolean => error instanceof DefiniteError && error.reason.code === passwordRefused

/** Whether this user gets in and `SELECT 1` answers. False only for a refused password; other trouble is thrown. */
export async function canLogIn(node: ClusterNode, server: ServerSpec, user: SqlUser): Promise<boolean> {
  try {
    await session(node, server, user, (opened) => opened.rows(sql`SELECT 1 AS one`, z.unknown()))
    return true
  } catch (error) {
    if (refused(error)) return false
    throw error
  }
}

/** Which root gets in: the one without a password, as until "Set sys password", or the one with the cluster's. */
export async function rootUser(node: ClusterNode, server: ServerSpec): Promise<'rootEmpty' | 'root'> {
  if (await canLogIn(node, server, 'rootEmpty')) return 'rootEmpty'
  if (await canLogIn(node, server, 'root')) return 'root'
  throw new DefiniteError({
    code: passwordRefused,
    message: `root can log in to ${server.ip} neither without a password nor with the cluster's`,
    advice: 'the password was changed outside: set it back to the posted one, then retry',
    host: server.ip,
  })
}

/** Work as root on one server, with the password it has at this moment. */
export const asRoot = async <T>(
  node: ClusterNode,
  server: ServerSpec,
  work: (session: Sql) => Promise<T>,
  options?: SessionOptions,
): Promise<T> => session(node, server, await rootUser(node, server), work, options)

/** Work as root on the first root server that answers: one dead host must not stop what the cluster can still do. */
export async function onCluster<T>(node: ClusterNode, work: (session: Sql) => Promise<T>, options?: SessionOptions): Promise<T> {
  const unreachable: string[] = []
  for (const server of rootServersOf(node.cluster)) {
    try {
      return await asRoot(node, server, work, options)
    } catch (error) {
      if (!(error instanceof TransientError) || node.signal.aborted) throw error
      unreachable.push(error.message)
    }
  }
  throw new TransientError(`no root server answers: ${unreachable.join('; ')}`)
}

/** The server BOOTSTRAP is sent to: the first zone's root server. */
export function leadingServer(node: ClusterNode): ServerSpec {
  const [leader] = rootServersOf(node.cluster)
  if (!leader) throw new DefiniteError({ code: 'OBE11019', message: `cluster ${node.cluster.name} has no root server` })
  return leader
}
