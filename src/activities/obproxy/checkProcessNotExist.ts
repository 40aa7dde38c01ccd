import { say } from '../../errors/say.ts'
import type { ObproxyHostNode } from '../node.ts'
import { type ProxyFinding, proxyFacts, refuseFindings } from './proxyFindings.ts'

/** Proves that no proxy runs on the host and that the ports of this one are free. */
export async function checkProcessNotExist(node: ObproxyHostNode<'packages.get'>): Promise<void> {
  const { busyPorts, proxies } = await proxyFacts(node)
  refuseFindings(node, [
    ...busyPorts.map(
      (port): ProxyFinding => ({
        code: 'OBE10002',
        message: say`port ${port} is in use`,
        advice: say`stop what listens there, or create the proxies with another port`,
      }),
    ),
    ...proxies.map(
      (running): ProxyFinding => ({
        code: 'OBE10002',
        message: say`process obproxy should not exist on the host: ${running}`,
        advice: say`stop it, or use another host`,
      }),
    ),
  ])
  node.log('INFO', `no obproxy runs on ${node.target.ip}, and its ports are free`)
}
