import { say } from '../../errors/say.ts'
import { lineOf, primaryZoneOf, samePrimaryZone, setPrimaryZone } from '../../oceanbase/index.ts'
import type { ClusterNode } from '../node.ts'
import { onCluster } from '../session.ts'
import { until } from '../until.ts'

/**
 * Gives the sys tenant the posted primary zone, or its version line's default, where it has another
 * one. OceanBase keeps it in its own words, so the two are compared in those.
 */
export async function setSysPrimaryZone(node: ClusterNode): Promise<void> {
  const { zones } = node.cluster
  const wanted = primaryZoneOf(node.cluster)
  const line = lineOf(node.cluster.version)
  const present = await onCluster(node, line.sysPrimaryZone)
  if (samePrimaryZone(present, wanted, zones)) {
    node.log('INFO', `The primary zone of sys is ${present} already`)
    return
  }
  node.log('INFO', `The primary zone of sys is ${present || 'empty'}; setting ${wanted}`)
  await onCluster(node, (session) => session.run(setPrimaryZone(wanted)))
  await until(say`primary zone ${wanted}`, node, async () => {
    const seen = await onCluster(node, line.sysPrimaryZone)
    return samePrimaryZone(seen, wanted, zones)
      ? { ready: true }
      : { waiting: say`sys still has ${seen || say`nothing`}` }
  })
}
