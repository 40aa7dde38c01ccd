import { type Said, say } from '../../errors/say.ts'
import { lineOf, serversOf } from '../../oceanbase/index.ts'
import { inWords, whatIsNotReady } from '../cluster/ready.ts'
import type { ClusterNode } from '../node.ts'
import { onCluster } from '../session.ts'
import { until } from '../until.ts'

/** Why a zone must not be taken out of service now: the other zones have to carry the cluster. */
async function objection(node: ClusterNode, zone: string): Promise<Said | undefined> {
  const line = lineOf(node.cluster.version)
  const { listed, lagging } = await onCluster(node, async (session) => ({
    listed: await line.servers(session),
    lagging: new Set(await line.lagging(session)),
  }))
  const others = serversOf(node.cluster).filter((server) => server.zone !== zone)
  const behind = others.filter(({ ip }) => lagging.has(ip)).map(({ ip }) => ip)
  if (behind.length > 0) return say`outside ${zone} logs not in sync: ${behind}`
  const reasons = await whatIsNotReady(node, others, listed)
  return reasons.length > 0 ? say`outside ${zone} not ready: ${inWords(reasons)}` : undefined
}

/**
 * Waits until the cluster can do without the zone whose turn it is: every server elsewhere is
 * ready, with its logs in sync. Without a turn the whole cluster goes down, and there is nothing to
 * wait for.
 */
export async function waitForOthers(node: ClusterNode): Promise<void> {
  const { zone } = node.input
  if (zone === undefined) return
  await until(say`the zones beside ${zone}`, node, async () => {
    const waiting = await objection(node, zone)
    return waiting === undefined ? { ready: true } : { waiting }
  })
}
