import { observerState, readObserverState } from '../../oceanbase/index.ts'
import { stopObservers } from '../cluster/observers.ts'
import type { HostNode } from '../node.ts'
import { waitForOthers } from './rolling.ts'

/** Stops the observer of the cluster's home, if one runs, and waits until its ports are free. */
export async function stopObserverProcess(node: HostNode): Promise<void> {
  const { cluster, server, target } = node
  const state = observerState(cluster)
  const found = readObserverState(
    await target.must(state, { as: cluster.osUser, title: 'look for observer' }),
  )
  // A retry may come days after the last look. One that is down already is only started again.
  if (found) await waitForOthers(node)
  await stopObservers(node, [server])
  node.log('INFO', `No observer of ${cluster.name} runs on ${server.ip}`)
}
