import { DefiniteError } from '../../errors/failure.ts'
import { type Said, say } from '../../errors/say.ts'
import {
  type ClusterSpec,
  lineOf,
  rootServersOf,
  serverAddress,
  serversOf,
  startupParametersOf,
} from '../../oceanbase/index.ts'
import type { Package } from '../../store/index.ts'
import { inParallel } from '../inParallel.ts'
import type { ClusterNode, Node } from '../node.ts'
import { clusterIdOf } from './clusterId.ts'
import { type PackagesUse, packagesOf } from './clusterPackage.ts'
import { fileDigest } from './fileDigest.ts'

/**
 * Proves that everything the request reserved is still there, and logs what will be done. Makes
 * nothing.
 */
export async function prepareInstallCluster(
  node: ClusterNode<'clusters.get' | 'hosts.get' | PackagesUse>,
): Promise<void> {
  await proveCreating(node)
  await inParallel(serversOf(node.cluster), ({ hostId, ip }) => proveReserved(node, hostId, ip))
  proveRootServers(node.cluster)
  await provePackages(node)
  logPlan(node)
}

/**
 * Takes back what accepting the request reserved: hosts are AVAILABLE again, the name is free. The
 * cluster may be gone already.
 */
export async function releaseCluster({
  input,
  store,
  log,
}: Node<'clusters.release'>): Promise<void> {
  const clusterId = clusterIdOf(input)
  await store.clusters.release(clusterId)
  log('INFO', `Cluster ${clusterId} is gone and its hosts are free`)
}

async function proveCreating({ cluster, store }: ClusterNode<'clusters.get'>): Promise<void> {
  const status = (await store.clusters.get(cluster.id))?.status
  if (status === 'CREATING') return
  throw new DefiniteError({
    code: 'OBE11008',
    message: say`cluster ${cluster.name} is ${status ?? say`gone`}, it must be CREATING`,
  })
}

async function proveReserved(
  { cluster, store }: ClusterNode<'hosts.get'>,
  hostId: number,
  ip: string,
): Promise<void> {
  const services = (await store.hosts.get(hostId))?.services ?? []
  if (services.some((service) => service.type === 'OB_CLUSTER' && service.clusterId === cluster.id))
    return
  throw new DefiniteError({
    code: 'CMP07004',
    message: say`host ${ip} is not reserved for cluster ${cluster.name}`,
    advice: say`roll the task back and create the cluster again`,
    host: ip,
  })
}

function proveRootServers(cluster: ClusterSpec): void {
  for (const { name, servers } of cluster.zones) {
    const roots = servers.filter((server) => server.rootServer).length
    if (roots !== 1)
      throw new DefiniteError({
        code: 'OBE11019',
        message: say`zone ${name} has ${roots} root servers, it needs one`,
      })
  }
}

async function provePackages(node: ClusterNode<PackagesUse>): Promise<void> {
  for (const file of await packagesOf(node)) await provePackage(node, file)
}

async function provePackage(node: ClusterNode, file: Package): Promise<void> {
  const { path, fileName, size, sha256 } = file
  const damaged = (message: Said, options?: ErrorOptions) =>
    new DefiniteError(
      {
        code: 'PKG10014',
        message,
        advice: say`upload the package again, then retry`,
      },
      options,
    )
  const digest = await fileDigest(path, node.signal).catch((error: unknown) => {
    if (node.signal.aborted) throw error
    throw damaged(say`package ${fileName} cannot be read`, { cause: error })
  })
  if (digest !== sha256)
    throw damaged(say`package ${fileName} is not what was uploaded: its SHA-256 differs`)
  node.log('INFO', `Package ${fileName}, ${size} bytes, SHA-256 ${sha256}`)
}

function logPlan({ cluster, log }: ClusterNode): void {
  const roots = rootServersOf(cluster).map(
    (server) => `${server.zone} ${serverAddress(cluster, server)}`,
  )
  const options = startupParametersOf(cluster).map(({ name, value }) => `${name}=${value}`)
  log(
    'INFO',
    `Cluster ${cluster.name}:${cluster.obClusterId}, version ${cluster.version} (line ${lineOf(cluster.version).name})`,
  )
  log('INFO', `Root servers: ${roots.join(', ')}; ${serversOf(cluster).length} servers in all`)
  log('INFO', `Startup options: ${options.join(',') || 'none'}`)
}
