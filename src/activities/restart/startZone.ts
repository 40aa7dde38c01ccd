import { say } from '../../errors/say.ts'
import { lineOf, startZone as startStatement } from '../../oceanbase/index.ts'
import type { PartNode } from '../node.ts'
import { onCluster } from '../session.ts'
import { until } from '../until.ts'
import { zonesIn } from './zonesIn.ts'

/** Brings the zones back into service, and waits until the logs of their servers are in sync. */
export async function startZone(node: PartNode): Promise<void> {
  const line = lineOf(node.cluster.version)
  const zones = zonesIn(node)
  await onCluster(node, async (session) => {
    const active = new Set(
      (await line.zones(session))
        .filter(({ status }) => status === 'ACTIVE')
        .map(({ name }) => name),
    )
    for (const zone of zones) if (!active.has(zone)) await session.run(startStatement(zone))
  })
  await until(say`${zones} to catch up`, node, async () => {
    const lagging = new Set(await onCluster(node, line.lagging))
    const behind = node.servers.filter(({ ip }) => lagging.has(ip)).map(({ ip }) => ip)
    return behind.length === 0 ? { ready: true } : { waiting: say`logs not in sync: ${behind}` }
  })
  node.log('INFO', `${zones.join(', ')} in service, logs in sync`)
}
