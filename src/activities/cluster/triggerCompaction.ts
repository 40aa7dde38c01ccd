import { say } from '../../errors/say.ts'
import { lineOf, majorFreeze, SqlError } from '../../oceanbase/index.ts'
import type { ClusterNode } from '../node.ts'
import { onCluster } from '../session.ts'
import { until } from '../until.ts'

/**
 * "The last major freeze is not finished": one runs, which is all that is wanted. Source:
 * oceanbase-doc, error codes.
 */
const lastFreezeUnfinished = 4213

/**
 * Starts a major compaction and proves that it started; its end is not waited for. A second freeze
 * would do no harm.
 */
export async function triggerCompaction(node: ClusterNode): Promise<void> {
  const line = lineOf(node.cluster.version)
  const before = await onCluster(node, line.freeze)
  if (!before.idle) {
    node.log('INFO', `A major compaction runs already: version ${before.frozen}`)
    return
  }
  await onCluster(node, (session) => session.run(majorFreeze(node.cluster))).catch(
    (error: unknown) => {
      if (!(error instanceof SqlError && error.errno === lastFreezeUnfinished)) throw error
      node.log('INFO', error.message)
    },
  )
  const after = await until(say`the freeze`, node, async () => {
    const seen = await onCluster(node, line.freeze)
    return seen.frozen > before.frozen || !seen.idle
      ? { ready: seen }
      : { waiting: say`frozen version is still ${String(seen.frozen)}` }
  })
  node.log('INFO', `Frozen version went from ${before.frozen} to ${after.frozen}`)
}
