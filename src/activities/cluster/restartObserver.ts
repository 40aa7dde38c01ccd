import {
  isServing,
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
import { onCluster } from '../session.ts'
import { until } from '../until.ts'
import { bringUp, waitForSql } from './observers.ts'

/** With fewer zones than this a zone cannot be missed: no majority is left (deployers §1.7). */
const zonesForMajority = 3

/**
 * Restarts every observer once, so that it reads etc/io_resource.conf: zone by zone where a
 * majority remains, else all together.
 */
export async function restartObserver(node: ClusterNode): Promise<void> {
  const { zones } = node.cluster
  if (zones.length < zonesForMajority) return restartAll(node, serversOf(node.cluster))
  for (const zone of zones) {
    node.log('INFO', `Restarting zone ${zone.name}`)
    await restartAll(node, zone.servers)
    await waitForServing(node, zone.servers)
  }
}

const restartAll = async (node: ClusterNode, servers: readonly ServerSpec[]): Promise<void> => {
  await inParallel(servers, (server) => restartOnce(node, server))
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
  await waitForSql(node, server)
  if (!done) await host.must(noteRestarted(taskId, run), { title: 'note the restart' })
}

/** Before the next zone goes, the others must see this one serve. */
async function waitForServing(node: ClusterNode, servers: readonly ServerSpec[]): Promise<void> {
  const line = lineOf(node.cluster.version)
  await until(`zone ${servers[0]?.zone}`, node, async () => {
    const serving = (await onCluster(node, line.servers))
      .filter(isServing)
      .map((server) => server.ip)
    const missing = servers
      .filter((server) => !serving.includes(server.ip))
      .map((server) => server.ip)
    return missing.length === 0
      ? { ready: true }
      : { waiting: `not serving: ${missing.join(', ')}` }
  })
}
