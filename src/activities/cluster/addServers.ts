import { saidBy } from '../../errors/failure.ts'
import { say } from '../../errors/say.ts'
import {
  addServer,
  allowSeconds,
  lineOf,
  type PassingSqlError,
  type ServerSpec,
  SqlError,
  serversOf,
} from '../../oceanbase/index.ts'
import { bootstrapFailure } from '../logTail.ts'
import type { ClusterNode } from '../node.ts'
import { leadingServer, onCluster } from '../session.ts'
import { until } from '../until.ts'
import { isRpcFailure, type Patience } from './bootstrapOnce.ts'
import { foundServerNotEmpty, startAfresh } from './startAfresh.ts'

/** Where ADD SERVER waits for the new server to be found. */
const addServerSeconds = 120

/** Adds each server that the cluster does not list yet. */
export async function addServers(node: ClusterNode, { doubtMs }: Patience): Promise<void> {
  const listed = await listedAddresses(node)
  for (const server of serversOf(node.cluster).filter(({ ip }) => !listed.has(ip))) {
    const added = () => listedWithin(node, server, doubtMs)
    let refusal = await add(node, server)
    // One that an earlier attempt added half-way has something in its directories, yet the cluster
    // does not know it.
    if (refusal instanceof SqlError && foundServerNotEmpty(refusal)) {
      await startAfresh(node, refusal.reason.message, [server])
      refusal = await add(node, server)
    }
    if (isRpcFailure(refusal)) refusal = (await added()) ? undefined : await add(node, server)
    if (isRpcFailure(refusal) && (await added())) refusal = undefined
    if (refusal) throw await notAdded(node, server, refusal)
    node.progress(`added ${server.ip}`)
    node.log('INFO', `${server.ip} added to ${server.zone}`)
  }
}

/** Gives what may go on behind a 4012 its time. */
function listedWithin(node: ClusterNode, { ip }: ServerSpec, ms: number): Promise<boolean> {
  const giveUp = performance.now() + ms
  return until(say`${ip} to be listed`, node, async () => {
    if ((await listedAddresses(node)).has(ip)) return { ready: true }
    return performance.now() > giveUp
      ? { ready: false }
      : { waiting: say`ADD SERVER failed with 4012; it is not listed` }
  })
}

/** Addresses of the servers that the cluster knows. */
export async function listedAddresses(node: ClusterNode): Promise<Set<string>> {
  const rows = await onCluster(node, lineOf(node.cluster.version).servers)
  return new Set(rows.map((row) => row.ip))
}

/**
 * Gives the server's refusal, unless an attempt that never saw its answer has added the server
 * already.
 */
async function add(
  node: ClusterNode,
  server: ServerSpec,
): Promise<SqlError | PassingSqlError | undefined> {
  try {
    return await onCluster(
      node,
      async (session) => {
        await session.run(allowSeconds(addServerSeconds))
        return session.run(addServer(node.cluster, server)).then(
          () => undefined,
          // Not one for the next root server: who failed to answer is the new one.
          (error: unknown) => {
            if (!isRpcFailure(error)) throw error
            return error
          },
        )
      },
      { timeoutMs: 2 * addServerSeconds * 1000 },
    )
  } catch (error) {
    if (!(error instanceof SqlError)) throw error
    return (await listedAddresses(node)).has(server.ip) ? undefined : error
  }
}

/** Who leads knows why, and so does the server itself. */
const notAdded = (node: ClusterNode, server: ServerSpec, refusal: Error) =>
  bootstrapFailure(
    node,
    {
      code: 'OBE10002',
      message: say`Bootstrap OB failed: ${server.ip} was not added: ${saidBy(refusal)}`,
      host: server.ip,
    },
    [leadingServer(node), server],
    { cause: refusal },
  )
