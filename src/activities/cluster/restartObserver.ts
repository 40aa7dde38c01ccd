import {
  lineOf,
  noteRestarted,
  restartedAlready,
  restartObserver as restartScript,
  type ServerSpec,
  serversOf,
  startObserver,
} from '../../oceanbase/index.ts'
import { inParallel } from '../inParallel.ts'
import type { ClusterNode } from '../node.ts'
import { calibrateIo } from './calibrateIo.ts'
import { bringUp } from './observers.ts'
import { waitUntilReady } from './ready.ts'

/** With fewer zones than this a zone cannot be missed: no majority is left (deployers §1.7). */
const zonesForMajority = 3

/**
 * Restarts every observer of 2.2 and 3.x once, so that it reads etc/io_resource.conf: zone by zone
 * where a majority remains, else all together. 4.x reads no such file and is not restarted.
 */
export async function restartObserver(node: ClusterNode): Promise<void> {
  const { version, zones } = node.cluster
  if (lineOf(version).ioCalibration === 'job') return calibrateIo(node)
  if (zones.length < zonesForMajority) return restartAll(node, serversOf(node.cluster))
  for (const zone of zones) {
    node.log('INFO', `Restarting zone ${zone.name}`)
    await restartAll(node, zone.servers)
  }
}

/** Before the next zone goes, these must be back. */
async function restartAll(node: ClusterNode, servers: readonly ServerSpec[]): Promise<void> {
  await inParallel(servers, (server) => restartOnce(node, server))
  await waitUntilReady(node, servers)
}

/** Restarts an observer unless this run of the subtask did so before it was interrupted. */
async function restartOnce(node: ClusterNode, server: ServerSpec): Promise<void> {
  const { taskId, subtaskId, runTime } = node.input
  const run = `${subtaskId}-${runTime}`
  const host = await node.host(server.hostId)
  const done = (
    await host.must(restartedAlready(taskId, run), { title: 'look for an earlier restart' })
  ).includes('restarted')
  if (done) await bringUp(node, server, startObserver(node.cluster, server), 'start observer')
  else await bringUp(node, server, restartScript(node.cluster), 'restart observer')
  if (!done) await host.must(noteRestarted(taskId, run), { title: 'note the restart' })
}
