import { DefiniteError, TransientError } from '../../errors/failure.ts'
import { inEnglish, type Said, say } from '../../errors/say.ts'
import {
  clearDirectories,
  type DirectoryOwner,
  directoryOwners,
  emptyDirectories,
  readDirectoryOwners,
  type ServerSpec,
  type SqlError,
  serversOf,
} from '../../oceanbase/index.ts'
import { inParallel } from '../inParallel.ts'
import type { ClusterNode } from '../node.ts'
import { provesBootstrap } from './bootstrapProof.ts'
import { startObservers, stopObservers } from './observers.ts'

async function directoriesOf(node: ClusterNode, server: ServerSpec): Promise<DirectoryOwner[]> {
  const host = await node.host(server.hostId)
  return readDirectoryOwners(
    await host.must(directoryOwners(node.cluster, node.input.taskId), {
      title: 'look whose directories these are',
    }),
  )
}

/**
 * What BOOTSTRAP is refused with when a store is not empty: 4015 by the server it is sent to, 4005
 * for another one, without a word. A live cluster answers the same. Sources: oceanbase
 * src/observer/ob_service.cpp, bootstrap; src/rootserver/ob_bootstrap.cpp, prepare_bootstrap.
 */
export const foundNotEmpty = ({ errno }: { readonly errno: number }): boolean =>
  errno === 4005 || errno === 4015

/** The same of ADD SERVER. Source: oceanbase src/rootserver/ob_root_service.cpp, add_server. */
export const foundServerNotEmpty = ({ message }: SqlError): boolean =>
  /not empty|non-empty/i.test(message)

/**
 * Stops observers, empties what this task made for them and starts them again. A foreign directory
 * stops it before anything is touched, and so does a server that proves to be in a live cluster.
 */
export async function startAfresh(
  node: ClusterNode,
  why: Said,
  servers: readonly ServerSpec[] = serversOf(node.cluster),
): Promise<void> {
  const { cluster, input } = node
  node.log('WARN', `Starting afresh: ${inEnglish(why)}`)
  await inParallel(servers, (server) => refuseForeign(node, server, why))
  // A server that the cluster does not list may still know the cluster.
  if ((await provesBootstrap(node, servers)) && servers.length === serversOf(cluster).length)
    throw new TransientError(say`the cluster proved to be bootstrapped: nothing is emptied`)
  await stopObservers(node, servers)
  await inParallel(servers, async (server) => {
    const host = await node.host(server.hostId)
    await host.must(emptyDirectories(cluster, input.taskId), {
      title: 'empty observer directories',
    })
    node.log('INFO', `${server.ip}: directories of this task emptied`)
  })
  await startObservers(node, servers)
}

async function refuseForeign(node: ClusterNode, server: ServerSpec, why: Said): Promise<void> {
  const foreign = (await directoriesOf(node, server))
    .filter(({ owner }) => owner === 'foreign')
    .map(({ path }) => path)
  if (foreign.length === 0) return
  throw new DefiniteError({
    code: 'OBE10002',
    message: say`Bootstrap OB failed: ${why}; on ${server.ip} this was not made by this task and is left alone: ${foreign}`,
    advice: say`move away what is in these directories, or use others, then retry`,
    host: server.ip,
  })
}

/** Stops one observer and takes away what it wrote, if its directories are this task's. */
export async function clearServer(node: ClusterNode, server: ServerSpec): Promise<void> {
  const directories = await directoriesOf(node, server)
  if (
    !directories.some(({ owner }) => owner === 'ours') ||
    directories.some(({ owner }) => owner === 'foreign')
  ) {
    node.log('INFO', `${server.ip}: nothing of this task to clear`)
    return
  }
  await stopObservers(node, [server])
  const host = await node.host(server.hostId)
  await host.must(clearDirectories(node.cluster, node.input.taskId), {
    title: 'clear observer files',
  })
}
