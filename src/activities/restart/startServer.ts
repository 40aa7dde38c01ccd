import { lineOf, startServer as startStatement } from '../../oceanbase/index.ts'
import { waitUntilReady } from '../cluster/ready.ts'
import type { HostNode } from '../node.ts'
import { onCluster } from '../session.ts'

/** Waits until the restarted server is ready. One that was stopped by itself is started. */
export async function startServer(node: HostNode): Promise<void> {
  const { cluster, server } = node
  const line = lineOf(cluster.version)
  const stopped = await onCluster(node, async (session) => {
    const seen = (await line.servers(session)).find(({ ip }) => ip === server.ip)
    if (seen === undefined || seen.stopTime === null) return false
    await session.run(startStatement(cluster, server))
    return true
  })
  if (stopped) node.log('INFO', `${server.ip} was stopped and is started`)
  await waitUntilReady(node, [server])
}
