import { DefiniteError } from '../../errors/failure.ts'
import type { Package } from '../../store/index.ts'
import type { ClusterNode } from '../node.ts'

/** The package that the cluster is created with. */
export async function packageOf(node: Pick<ClusterNode, 'store' | 'cluster'>): Promise<Package> {
  const found = await node.store.packages.get(node.cluster.packageId)
  if (found) return found
  throw new DefiniteError({
    code: 'PKG10014',
    message: `the package of cluster ${node.cluster.name} (OceanBase ${node.cluster.version}) does not exist any more`,
    advice: 'upload it again, roll this task back, and create the cluster anew',
  })
}
