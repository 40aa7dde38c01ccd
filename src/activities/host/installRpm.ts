import { DefiniteError } from '../../errors/failure.ts'
import { say } from '../../errors/say.ts'
import { installPackages, nameOf, type RpmWish, removePackages } from '../../host/index.ts'
import { layoutOf, roleOf } from '../../oceanbase/index.ts'
import { sh } from '../../quote.ts'
import { type PackagesUse, packagesOf } from '../cluster/clusterPackage.ts'
import type { HostNode } from '../node.ts'

/**
 * Installs the cluster's packages, unless they are there whole, and proves that its observer runs
 * on this host.
 */
export async function installRpm(
  node: HostNode<PackagesUse>,
): Promise<{ readonly installed: boolean }> {
  const wishes = await wishesOf(node)
  const isTools = ({ file }: RpmWish): boolean => roleOf(file.name) === 'utils'
  const install = (chosen: readonly RpmWish[]) =>
    installPackages(node.target, chosen, (sent, { file }) =>
      node.progress(`${percent(sent, file.size)} % of ${file.fileName} sent`),
    )
  const needed = wishes.filter((wish) => !isTools(wish))
  const outcome = await install(needed)
  const names = needed.map(({ file }) => nameOf(file)).join(', ')
  node.log('INFO', outcome === 'unchanged' ? `already installed: ${names}` : `installed: ${names}`)
  await proveObserver(node)
  for (const tools of wishes.filter(isTools)) await installTools(node, () => install([tools]))
  return { installed: outcome === 'installed' }
}

/** No cluster needs its tools: others of another version are left alone. */
async function installTools(node: HostNode, install: () => Promise<unknown>): Promise<void> {
  try {
    await install()
  } catch (error) {
    if (!(error instanceof DefiniteError)) throw error
    node.log('WARN', `the tools were not installed: ${error.reason.message}`)
  }
}

/** Removes those packages that this task installed. */
export async function removeRpm(node: HostNode<PackagesUse>): Promise<void> {
  const wishes = await wishesOf(node)
  const outcome = await removePackages(node.target, wishes)
  const names = wishes.map(({ file }) => nameOf(file)).join(', ')
  node.log(
    'INFO',
    outcome === 'removed' ? `removed: ${names}` : `not this task's, nothing removed: ${names}`,
  )
}

/** Tools are not relocated: operators expect them on their PATH. */
async function wishesOf(node: HostNode<PackagesUse>): Promise<readonly RpmWish[]> {
  const { install } = node.cluster.paths
  return (await packagesOf(node)).map((file): RpmWish => {
    const wish = { taskId: node.input.taskId, file, owner: node.cluster.osUser }
    switch (roleOf(file.name)) {
      case 'utils':
        return wish
      case 'libs':
        return { ...wish, prefix: install }
      default:
        return { ...wish, prefix: install, brings: layoutOf(node.cluster).observer }
    }
  })
}

const percent = (part: number, whole: number): number => Math.round((100 * part) / whole)

/**
 * The observer must be able to print its version: a missing library shows here, not in the middle
 * of a bootstrap.
 */
async function proveObserver({ cluster, target }: HostNode): Promise<void> {
  const { home, observer, library } = layoutOf(cluster)
  const script = sh`cd ${home} && export LD_LIBRARY_PATH=${library}
${observer} -V 2>&1 && exit
ldd ${observer} 2>/dev/null | grep 'not found'
exit 1`
  const { code, stdout } = await target.run(script, {
    as: cluster.osUser,
    title: 'observer -V',
    timeoutMs: 60_000,
  })
  if (code === 0 && stdout.includes(cluster.version)) return
  const library404 = /(\S+): cannot open shared object file|(\S+) => not found/.exec(stdout)
  throw new DefiniteError({
    code: 'OBE19006',
    message:
      code === 0
        ? say`${observer} on ${target.ip} is not version ${cluster.version}: ${stdout.trim().slice(0, 500)}`
        : say`${observer} does not run on ${target.ip}: ${stdout.trim().slice(-1000)}`,
    advice: library404
      ? say`install the library ${library404[1] ?? library404[2]} on the host (libaio; for OceanBase CE upload oceanbase-ce-libs of the same build), then retry`
      : say`check that the package was built for this host, then retry`,
    host: target.ip,
  })
}
