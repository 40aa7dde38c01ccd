import { DefiniteError } from '../../errors/failure.ts'
import { say } from '../../errors/say.ts'
import { lineOf, serversOf, setZoneIdc } from '../../oceanbase/index.ts'
import { inParallel } from '../inParallel.ts'
import type { ClusterNode } from '../node.ts'
import { onCluster } from '../session.ts'
import { addServers, listedAddresses } from './addServers.ts'
import { bootstrapOnce, defaultPatience, noteDone, type Patience } from './bootstrapOnce.ts'
import { isBootstrapped } from './bootstrapProof.ts'
import { startObservers } from './observers.ts'
import { clearServer } from './startAfresh.ts'

/**
 * Makes one cluster of the installed servers: starts every observer, bootstraps one root server a
 * zone, adds the others, names the IDCs.
 */
export async function bootstrapOb(
  node: ClusterNode,
  patience: Patience = defaultPatience,
): Promise<void> {
  await startObservers(node, serversOf(node.cluster))
  if (await isBootstrapped(node)) {
    node.log('INFO', 'The cluster is bootstrapped already')
    await noteDone(node)
  } else await bootstrapOnce(node, patience)
  await addServers(node, patience)
  await setIdcs(node)
  await proveListed(node)
}

/**
 * Stops the observers of this task and takes away what they wrote. Directories that another task
 * made are left as they are.
 */
export async function clearObservers(node: ClusterNode): Promise<void> {
  await inParallel(serversOf(node.cluster), (server) => clearServer(node, server))
}

async function setIdcs(node: ClusterNode): Promise<void> {
  const zones = await onCluster(node, lineOf(node.cluster.version).zones)
  for (const zone of node.cluster.zones) {
    const present = zones.find(({ name }) => name === zone.name)?.idc ?? ''
    if (zone.idcName === '' || present === zone.idcName) continue
    await onCluster(node, (session) => session.run(setZoneIdc(zone)))
    node.log('INFO', `IDC of ${zone.name} is ${zone.idcName} now`)
  }
}

async function proveListed(node: ClusterNode): Promise<void> {
  const listed = await listedAddresses(node)
  const missing = serversOf(node.cluster).filter(({ ip }) => !listed.has(ip))
  if (missing.length === 0) return
  const addresses = missing.map(({ ip }) => ip).join(', ')
  throw new DefiniteError({
    code: 'OBE10002',
    message: say`Bootstrap OB failed: the cluster does not list ${addresses}`,
  })
}
