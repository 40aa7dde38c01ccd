import { DefiniteError } from '../../errors/failure.ts'
import { say } from '../../errors/say.ts'
import { nameOf } from '../../host/index.ts'
import { inParallel } from '../inParallel.ts'
import type { Node, ObproxyNode } from '../node.ts'
import { obproxyIdOf } from './obproxyId.ts'
import { obproxyPackageOf } from './obproxyPackage.ts'

/**
 * Proves that what the request reserved is still there, and logs what will be done. Makes nothing.
 */
export async function prepareObproxyInstall(
  node: ObproxyNode<'hosts.get' | 'packages.get'>,
): Promise<void> {
  const { proxies, log } = node
  if (proxies.status !== 'CREATING') {
    throw new DefiniteError({
      code: 'COM10005',
      message: say`obproxy cluster ${proxies.name} is ${proxies.status}, it must be CREATING`,
    })
  }
  await inParallel(proxies.servers, ({ hostId, ip }) => proveReserved(node, hostId, ip))
  if (proxies.servers.length > 0) log('INFO', `Package ${nameOf(await obproxyPackageOf(node))}`)
  log(
    'INFO',
    `OBProxy cluster ${proxies.name}, ${proxies.workMode}${proxies.configUrl === null ? '' : ` ${proxies.configUrl}`}`,
  )
  log(
    'INFO',
    `Proxies: ${proxies.servers.map(({ ip, sqlPort }) => `${ip}:${sqlPort}`).join(', ') || 'none yet'}`,
  )
  log(
    'INFO',
    `Clusters: ${proxies.links.map(({ clusterName }) => clusterName).join(', ') || 'none yet'}`,
  )
}

async function proveReserved(
  { proxies, store }: ObproxyNode<'hosts.get'>,
  hostId: number,
  ip: string,
): Promise<void> {
  const services = (await store.hosts.get(hostId))?.services ?? []
  if (services.some((service) => service.type === 'OB_PROXY' && service.clusterId === proxies.id))
    return
  throw new DefiniteError({
    code: 'CMP07004',
    message: say`host ${ip} is not reserved for obproxy cluster ${proxies.name}`,
    advice: say`roll the task back and create the obproxy cluster again`,
    host: ip,
  })
}

/**
 * The OBProxy cluster is gone, its hosts are AVAILABLE and its name is free: the end of a deletion,
 * and of taking back a creation.
 */
export async function releaseObproxyCluster({
  input,
  store,
  log,
}: Node<'obproxy.release'>): Promise<void> {
  const id = obproxyIdOf(input)
  await store.obproxy.release(id)
  log('INFO', `OBProxy cluster ${id} is gone and its hosts are free`)
}
