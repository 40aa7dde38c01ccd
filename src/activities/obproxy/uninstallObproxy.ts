import type { ObproxyHostNode } from '../node.ts'
import { installObproxyRpm, removeObproxyRpm } from './installObproxyRpm.ts'
import type { ProxyUse } from './proxyProcess.ts'
import { startObproxy, stopObproxy } from './startObproxy.ts'
import { syncObproxyParameter } from './syncObproxyParameter.ts'

/**
 * Stops the proxy, and removes its package and what it wrote, if they were made for this cluster.
 */
export async function uninstallObproxy(node: ObproxyHostNode<ProxyUse>): Promise<void> {
  await stopObproxy(node)
  await removeObproxyRpm(node)
}

/** The proxy is there again, runs, and has its parameters; keepObproxyCluster links it. */
export async function reinstallObproxy(node: ObproxyHostNode<ProxyUse>): Promise<void> {
  await installObproxyRpm(node)
  await startObproxy(node)
  await syncObproxyParameter(node)
}
