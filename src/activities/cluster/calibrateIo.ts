import { say } from '../../errors/say.ts'
import {
  calibrateIo as calibrateStatement,
  calibrations,
  SqlError,
  serversOf,
} from '../../oceanbase/index.ts'
import type { ClusterNode } from '../node.ts'
import { onCluster } from '../session.ts'
import { until } from '../until.ts'

/** A server begins at once; one that has not by then cannot, e.g. for want of free blocks. */
const beginsMs = 60_000

/**
 * Lets every server of a 4.x cluster measure its data disk in the background, as 4.x learns of it
 * in no other way: no restart, and nothing to undo. Without it OceanBase assumes a fixed bandwidth,
 * so a refusal is only told. Source: oceanbase src/share/io/ob_io_calibration.cpp, get_iops_scale.
 */
export async function calibrateIo(node: ClusterNode): Promise<void> {
  node.log(
    'INFO',
    `OceanBase ${node.cluster.version} does not read etc/io_resource.conf: no observer is restarted, each calibrates its io itself`,
  )
  if ((await notBegun(node)).length === 0) return node.log('INFO', 'Each has done so already')
  try {
    await onCluster(node, (session) => session.run(calibrateStatement))
  } catch (error) {
    if (!(error instanceof SqlError)) throw error
    return node.log('WARN', `io calibration was refused, OceanBase assumes: ${error.message}`)
  }
  const giveUp = performance.now() + beginsMs
  const missing = await until(say`io calibration`, node, async () => {
    const left = await notBegun(node)
    return left.length === 0 || performance.now() > giveUp
      ? { ready: left }
      : { waiting: say`not begun on ${left.slice(0, 5)}` }
  })
  if (missing.length > 0)
    return node.log('WARN', `io calibration did not begin on ${missing.join(', ')}`)
  node.log(
    'INFO',
    'io calibration runs in the background; GV$OB_IO_CALIBRATION_STATUS tells how far it is',
  )
}

async function notBegun(node: ClusterNode): Promise<string[]> {
  const begun = new Set(
    (await onCluster(node, calibrations))
      .filter(({ status }) => status !== 'NOT AVAILABLE')
      .map(({ ip }) => ip),
  )
  return serversOf(node.cluster)
    .map(({ ip }) => ip)
    .filter((ip) => !begun.has(ip))
}
