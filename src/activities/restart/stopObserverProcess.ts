import { stopObservers } from '../cluster/observers.ts'
import type { HostNode } from '../node.ts'

/** Stops the observer of the cluster's home, if one runs, and waits until its ports are free. */
export async function stopObserverProcess(node: HostNode): Promise<void> {
  await stopObservers(node, [node.server])
  node.log('INFO', `No observer of ${node.cluster.name} runs on ${node.server.ip}`)
}
