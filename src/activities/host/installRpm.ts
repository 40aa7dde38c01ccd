import { DefiniteError } from '../../errors/failure.ts'
import { installPackage, nameOf, type RpmWish, removePackage } from '../../host/rpm.ts'
import { layoutOf } from '../../oceanbase/observer/layout.ts'
import { sh } from '../../quote.ts'
import { packageOf } from '../cluster/clusterPackage.ts'
import type { HostNode } from '../node.ts'

/**
 * Installs the cluster's package, unless it is there whole, and proves that its observer runs on
 * this host.
 */
export async function installRpm(node: HostNode): Promise<{ readonly installed: boolean }> {
  const wish = await wishOf(node)
  const outcome = await installPackage(node.target, wish, (sent) =>
    node.progress(`${percent(sent, wish.file.size)} % of ${wish.file.fileName} sent`),
  )
  node.log(
    'INFO',
    outcome === 'unchanged'
      ? `${nameOf(wish.file)} is already installed`
      : `${nameOf(wish.file)} installed`,
  )
  await proveObserver(node)
  return { installed: outcome === 'installed' }
}

/** Removes the package if this task installed it. */
export async function removeRpm(node: HostNode): Promise<void> {
  const wish = await wishOf(node)
  const outcome = await removePackage(node.target, wish)
  node.log(
    'INFO',
    outcome === 'removed'
      ? `${nameOf(wish.file)} removed`
      : `${nameOf(wish.file)} is not this task's, nothing removed`,
  )
}

const wishOf = async (node: HostNode): Promise<RpmWish> => ({
  taskId: node.input.taskId,
  file: await packageOf(node),
  prefix: node.cluster.paths.install,
  brings: layoutOf(node.cluster).observer,
  owner: node.cluster.osUser,
})

const percent = (part: number, whole: number): number => Math.round((100 * part) / whole)

/**
 * The observer must start as far as telling its version: a library that is missing shows here, not
 * in the middle of a bootstrap.
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
        ? `${observer} on ${target.ip} is not version ${cluster.version}: ${stdout.trim().slice(0, 500)}`
        : `${observer} does not run on ${target.ip}: ${stdout.trim().slice(-1000)}`,
    advice: library404
      ? `install the library ${library404[1] ?? library404[2]} on the host (libaio, or oceanbase-ce-libs of the same version), then retry`
      : 'check that the package was built for this host, then retry',
    host: target.ip,
  })
}
