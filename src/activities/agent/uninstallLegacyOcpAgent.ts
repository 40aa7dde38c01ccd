import { removeLegacy } from '../../host/legacy.ts'
import { nameOf } from '../../host/rpm.ts'
import type { PreparedHostNode } from '../node.ts'
import { agentPackageOf } from './agentPackage.ts'

/**
 * Removes an OCP agent of another version, whose daemon was a Python program up to OCP 2.x. Does
 * nothing when there is none.
 */
export async function uninstallLegacyOcpAgent(node: PreparedHostNode): Promise<void> {
  const file = await agentPackageOf(node, node.hostId)
  const done = await removeLegacy(node.target, {
    package: file.name,
    process: 'agentd',
    control: 'ob_agentctl',
    keep: nameOf(file),
  })
  node.log('INFO', done.join('; ') || 'no legacy OCP agent')
}
