import { isServing, lineOf, serversOf } from '../../oceanbase/index.ts'
import type { ClusterNode } from '../node.ts'
import { onCluster } from '../session.ts'
import { until } from '../until.ts'

/** Why a zone must not be taken out of service now: the other zones have to carry the cluster. */
async function objection(node: ClusterNode, zone: string): Promise<string | undefined> {
  const line = lineOf(node.cluster.version)
  const { servers, lagging } = await onCluster(node, async (session) => ({
    servers: await line.servers(session),
    lagging: new Set(await line.lagging(session)),
  }))
  const serving = new Set(servers.filter(isServing).map(({ ip }) => ip))
  const others = serversOf(node.cluster).filter((server) => server.zone !== zone)
  const missing = others.filter(({ ip }) => !serving.has(ip)).map(({ ip }) => ip)
  if (missing.length > 0) return `outside ${zone} not serving: ${missing.join(', ')}`
  const behind = others.filter(({ ip }) => lagging.has(ip)).map(({ ip }) => ip)
  return behind.length > 0 ? `outside ${zone} logs not in sync: ${behind.join(', ')}` : undefined
}

/**
 * Waits until the cluster can do without the zone whose turn it is: every server elsewhere serves
 * with its logs in sync. Without a turn the whole cluster goes down, and there is nothing to wait
 * for.
 */
export async function waitForOthers(node: ClusterNode): Promise<void> {
  const { zone } = node.input
  if (zone === undefined) return
  await until(`the zones beside ${zone}`, node, async () => {
    const waiting = await objection(node, zone)
    return waiting === undefined ? { ready: true } : { waiting }
  })
}
