import {
  observerState,
  readObserverState,
  type ServerSpec,
  startObserver,
} from '../../oceanbase/index.ts'
import type { ClusterNode } from '../node.ts'
import { bringUp } from './observers.ts'

/**
 * Starts an observer of a cluster in the making that was started before and runs no more, as after
 * a reboot of its host: nobody else would. False when it runs. A failure to start carries the
 * observer's own log.
 */
export async function reviveObserver(node: ClusterNode, server: ServerSpec): Promise<boolean> {
  const host = await node.host(server.hostId)
  const state = await host.must(observerState(node.cluster), {
    as: node.cluster.osUser,
    title: 'look for observer',
  })
  if (readObserverState(state)) return false
  node.log(
    'WARN',
    `observer on ${server.ip} was started but does not run (was the host rebooted?): starting it again`,
  )
  await bringUp(node, server, startObserver(node.cluster, server), 'start observer')
  return true
}
