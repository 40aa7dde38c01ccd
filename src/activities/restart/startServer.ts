import { isServing, lineOf, startServer as startStatement } from '../../oceanbase/index.ts'
import type { HostNode } from '../node.ts'
import { onCluster } from '../session.ts'
import { until } from '../until.ts'

/**
 * Waits until the cluster counts the server as serving. One that was stopped by itself is started.
 */
export async function startServer(node: HostNode): Promise<void> {
  const { cluster, server } = node
  const line = lineOf(cluster.version)
  await until(`${server.ip} to serve`, node, () =>
    onCluster(node, async (session) => {
      const seen = (await line.servers(session)).find(({ ip }) => ip === server.ip)
      if (seen === undefined) return { waiting: 'the cluster does not list it' }
      if (isServing(seen)) return { ready: true }
      if (seen.stopTime === null) return { waiting: `it is ${seen.status}` }
      await session.run(startStatement(cluster, server))
      return { waiting: 'it was stopped and is started' }
    }),
  )
}
