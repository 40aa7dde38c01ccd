import {
  addServer,
  allowSeconds,
  lineOf,
  type ServerSpec,
  SqlError,
  serversOf,
} from '../../oceanbase/index.ts'
import { observerFailure } from '../logTail.ts'
import type { ClusterNode } from '../node.ts'
import { onCluster } from '../session.ts'
import { foundNotEmpty, startAfresh } from './startAfresh.ts'

/** Where ADD SERVER waits for the new server to be found. */
const addServerSeconds = 120

/** Adds each server that the cluster does not list yet. */
export async function addServers(node: ClusterNode): Promise<void> {
  const listed = await listedAddresses(node)
  for (const server of serversOf(node.cluster).filter(({ ip }) => !listed.has(ip))) {
    let refusal = await add(node, server)
    // One that an earlier attempt added half-way has something in its directories, yet the cluster
    // does not know it.
    if (refusal && foundNotEmpty(refusal)) {
      await startAfresh(node, refusal.message, [server])
      refusal = await add(node, server)
    }
    if (refusal) throw await notAdded(node, server, refusal)
    node.progress(`added ${server.ip}`)
    node.log('INFO', `${server.ip} added to ${server.zone}`)
  }
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
async function add(node: ClusterNode, server: ServerSpec): Promise<SqlError | undefined> {
  try {
    await onCluster(
      node,
      async (session) => {
        await session.run(allowSeconds(addServerSeconds))
        await session.run(addServer(node.cluster, server))
      },
      { timeoutMs: 2 * addServerSeconds * 1000 },
    )
    return undefined
  } catch (error) {
    if (!(error instanceof SqlError)) throw error
    return (await listedAddresses(node)).has(server.ip) ? undefined : error
  }
}

const notAdded = (node: ClusterNode, server: ServerSpec, refusal: SqlError) =>
  observerFailure(
    node,
    {
      code: 'OBE10002',
      message: `Bootstrap OB failed: ${server.ip} was not added: ${refusal.message}`,
      host: server.ip,
    },
    [server],
    { cause: refusal },
  )
