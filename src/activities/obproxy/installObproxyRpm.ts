import { DefiniteError } from '../../errors/failure.ts'
import { say } from '../../errors/say.ts'
import { installPackage, nameOf, removePackage } from '../../host/index.ts'
import { sh } from '../../quote.ts'
import type { ObproxyHostNode } from '../node.ts'
import { obproxyWish } from './obproxyPackage.ts'
import { proxyUser } from './proxyUser.ts'

/**
 * Installs the OBProxy cluster's package, unless it is there whole, and proves that its program
 * runs on this host.
 */
export async function installObproxyRpm(
  node: ObproxyHostNode<'packages.get'>,
): Promise<{ readonly installed: boolean }> {
  const wish = await obproxyWish(node)
  const outcome = await installPackage(node.target, wish, (sent) =>
    node.progress(`${Math.round((100 * sent) / wish.file.size)} % of ${wish.file.fileName} sent`),
  )
  node.log(
    'INFO',
    outcome === 'unchanged'
      ? `${nameOf(wish.file)} is already installed`
      : `${nameOf(wish.file)} installed`,
  )
  await proveProgram(node, wish.prefix)
  return { installed: outcome === 'installed' }
}

/**
 * Removes the package, and what the proxy wrote beside it, if the task that made the OBProxy
 * cluster installed it.
 */
export async function removeObproxyRpm(node: ObproxyHostNode<'packages.get'>): Promise<void> {
  const wish = await obproxyWish(node)
  const outcome = await removePackage(node.target, wish)
  node.log(
    'INFO',
    `${nameOf(wish.file)} ${outcome === 'removed' ? 'removed' : 'was not installed for this obproxy cluster: it stays'}`,
  )
}

/** A library that is missing shows here, not when the proxy is to serve. */
async function proveProgram({ target }: ObproxyHostNode, home: string): Promise<void> {
  const script = sh`cd ${home} && LD_LIBRARY_PATH=${`${home}/lib`} bin/obproxy -V 2>&1`
  const { code, stdout } = await target.run(script, {
    as: proxyUser,
    title: 'obproxy -V',
    timeoutMs: 60_000,
  })
  if (code === 0) return
  throw new DefiniteError({
    code: 'ODP21002',
    message: say`${home}/bin/obproxy does not run on ${target.ip}: ${stdout.trim().slice(-1000)}`,
    advice: say`check that the package was built for this host and that its libraries are there, then retry`,
    host: target.ip,
  })
}
