import { DefiniteError } from '../../errors/failure.ts'
import { say } from '../../errors/say.ts'
import type { Package } from '../../store/index.ts'
import type { ClusterNode } from '../node.ts'

export type PackagesUse = 'packages.get' | 'packages.setOf'

/** All that is installed for the cluster: its package and those that belong to it, in order. */
export async function packagesOf(
  node: Pick<ClusterNode<PackagesUse>, 'store' | 'cluster'>,
): Promise<readonly Package[]> {
  const { missing, packages } = await node.store.packages.setOf(await packageOf(node))
  if (missing.length === 0) return packages
  throw new DefiniteError({
    code: 'PKG10014',
    message: say`OceanBase ${node.cluster.version} needs ${missing}, which is not there any more`,
    advice: say`upload it again, of the same build as the server, then retry`,
  })
}

/** The package that the cluster is created with. */
export async function packageOf(
  node: Pick<ClusterNode<'packages.get'>, 'store' | 'cluster'>,
): Promise<Package> {
  const found = await node.store.packages.get(node.cluster.packageId)
  if (found) return found
  throw new DefiniteError({
    code: 'PKG10014',
    message: say`the package of cluster ${node.cluster.name} (OceanBase ${node.cluster.version}) does not exist any more`,
    advice: say`upload it again, roll this task back, and create the cluster anew`,
  })
}
