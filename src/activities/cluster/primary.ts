import { DefiniteError, TransientError } from '../../errors/failure.ts'
import { listed, type Said, say } from '../../errors/say.ts'
import {
  connectSql,
  isAbsentTable,
  lineOf,
  type PrimaryCluster,
  type Sql,
  StillStarting,
} from '../../oceanbase/index.ts'
import { Secret } from '../../quote.ts'
import { secretOf } from '../../secretOf.ts'
import type { ClusterNode } from '../node.ts'
import { passwordRefused } from '../session.ts'

/** The primary of a standby cluster. Throws DefiniteError OBE11017 when it is not here any more. */
export function primaryOf({ cluster }: Pick<ClusterNode, 'cluster'>): PrimaryCluster {
  if (cluster.primary) return cluster.primary
  throw new DefiniteError({
    code: 'OBE11017',
    message: say`the primary cluster of ${cluster.name}:${cluster.obClusterId} is not found`,
    advice: say`roll this task back`,
  })
}

/**
 * A server that starts knows no password yet: it lets root in without one, and has no tables.
 * Source: oceanbase src/share/schema/ob_multi_version_schema_service.cpp.
 */
async function refuseStarting(node: ClusterNode, ip: string, port: number): Promise<void> {
  const password = new Secret('')
  const session = await connectSql({ ip, port, username: 'root@sys', password }, node).catch(
    (error: unknown) => {
      if (!passwordRefused(error)) throw error
    },
  )
  try {
    if (session) await lineOf(node.cluster.version).zones(session)
  } catch (error) {
    if (!isAbsentTable(error)) throw error
    throw new StillStarting(
      say`observer ${ip} of the primary cluster has not refreshed its schema yet`,
    )
  } finally {
    await session?.close()
  }
}

const open = async (node: ClusterNode<'secrets.get'>, ip: string, port: number): Promise<Sql> => {
  // A standby has its primary's users: its own root password is the one that was posted as the
  // primary's.
  const password = await node.store.secrets.get(secretOf.cluster(node.cluster.id).root)
  const logIn = () => connectSql({ ip, port, username: 'root@sys', password }, node)
  try {
    return await logIn().catch(async (error: unknown) => {
      if (!passwordRefused(error)) throw error
      await refuseStarting(node, ip, port)
      // It may have become ready between the two.
      return logIn()
    })
  } catch (error) {
    if (!(error instanceof DefiniteError && passwordRefused(error))) throw error
    throw new DefiniteError(
      {
        ...error.reason,
        message: say`root@sys of the primary cluster does not have the posted primaryClusterInfo.rootSysPassword: ${error.reason.message}`,
        advice: say`roll this task back and post the cluster again with the right password`,
      },
      { cause: error },
    )
  }
}

/** Work as root on the first root server of the primary that answers. */
export async function onPrimary<T>(
  node: ClusterNode<'secrets.get'>,
  work: (session: Sql) => Promise<T>,
): Promise<T> {
  const unreachable: Said[] = []
  for (const { ip, sqlPort } of primaryOf(node).rootServers) {
    try {
      const session = await open(node, ip, sqlPort)
      try {
        return await work(session)
      } finally {
        await session.close()
      }
    } catch (error) {
      if (!(error instanceof TransientError) || node.signal.aborted) throw error
      unreachable.push(error.reason)
    }
  }
  throw new TransientError(
    say`no root server of the primary cluster answers: ${listed(unreachable, '; ')}`,
  )
}
