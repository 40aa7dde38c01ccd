import { DefiniteError } from '../../errors/failure.ts'
import { say } from '../../errors/say.ts'
import type { RpmWish } from '../../host/index.ts'
import { obproxyIn, portsOf } from '../../oceanbase/index.ts'
import type { ObproxyServer, Package } from '../../store/index.ts'
import type { ObproxyNode } from '../node.ts'
import { proxyUser } from './proxyUser.ts'

/** Where a proxy writes, the real one's control and sharding configuration included. */
const proxyFills = ['etc', 'log', 'run', 'control-config', 'sharding-config', '.conf', 'minidump']

/**
 * The package of an OBProxy cluster's proxies. Throws DefiniteError PKG10014 when it is there no
 * more.
 */
export async function obproxyPackageOf({
  proxies,
  store,
}: Pick<ObproxyNode<'packages.get'>, 'proxies' | 'store'>): Promise<Package> {
  const found = proxies.packageId === null ? undefined : await store.packages.get(proxies.packageId)
  if (found) return found
  throw new DefiniteError({
    code: 'PKG10014',
    message: say`the package of obproxy cluster ${proxies.name} does not exist any more`,
    advice: say`upload it again, roll this task back, and create the obproxy cluster anew`,
  })
}

/** Where the package of an OBProxy cluster puts a proxy, and what that listens on. */
export async function obproxyPlaceOf(
  node: Pick<ObproxyNode<'packages.get'>, 'proxies' | 'store'>,
  server: Pick<ObproxyServer, 'sqlPort' | 'exporterPort'>,
): Promise<{ readonly home: string; readonly ports: readonly number[] }> {
  const software = await obproxyPackageOf(node)
  return {
    home: homeIn(software),
    ports: portsOf(software, server, node.proxies.startupParameters),
  }
}

/** An upload lists its programs; a row of an older release may not. */
function homeIn({ fileName, programs }: Package): string {
  const home = obproxyIn(programs)
  if (home !== undefined) return home
  throw new DefiniteError({
    code: 'PKG10014',
    message: say`${fileName} lists no bin/obproxy`,
    advice: say`delete the package and upload it again, then create the obproxy cluster anew`,
  })
}

/**
 * How it is to be installed: where its package puts it, since its scripts name that place; and
 * always in the name of the task that made the OBProxy cluster, so that its deletion finds what
 * that one did.
 */
export async function obproxyWish(
  node: ObproxyNode<'packages.get'>,
): Promise<RpmWish & { readonly prefix: string }> {
  const file = await obproxyPackageOf(node)
  const home = homeIn(file)
  return {
    taskId: node.proxies.taskId ?? node.input.taskId,
    file,
    prefix: home,
    fixed: true,
    brings: `${home}/bin/obproxy`,
    fills: proxyFills,
    owner: proxyUser,
  }
}
