import { DefiniteError } from '../../errors/failure.ts'
import type { RpmWish } from '../../host/rpm.ts'
import { obproxyHome } from '../../oceanbase/index.ts'
import type { Package } from '../../store/index.ts'
import type { ObproxyNode } from '../node.ts'
import { proxyUser } from './proxyProcess.ts'

/** Where a proxy writes, the real one's control and sharding configuration included. */
const proxyFills = ['etc', 'log', 'run', 'control-config', 'sharding-config', '.conf', 'minidump']

/**
 * The package of an OBProxy cluster's proxies. Throws DefiniteError PKG10014 when it is there no
 * more.
 */
export async function obproxyPackageOf({
  proxies,
  store,
}: Pick<ObproxyNode, 'proxies' | 'store'>): Promise<Package> {
  const found = proxies.packageId === null ? undefined : await store.packages.get(proxies.packageId)
  if (found) return found
  throw new DefiniteError({
    code: 'PKG10014',
    message: `the package of obproxy cluster ${proxies.name} does not exist any more`,
    advice: 'upload it again, roll this task back, and create the obproxy cluster anew',
  })
}

/**
 * How it is to be installed: always in the name of the task that made the OBProxy cluster, so that
 * its deletion finds what that one did.
 */
export const obproxyWish = async (node: ObproxyNode): Promise<RpmWish> => ({
  taskId: node.proxies.taskId ?? node.input.taskId,
  file: await obproxyPackageOf(node),
  prefix: obproxyHome,
  brings: `${obproxyHome}/bin/obproxy`,
  fills: proxyFills,
  owner: proxyUser,
})
