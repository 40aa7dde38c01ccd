import { TransientError } from '../../errors/failure.ts'
import { say } from '../../errors/say.ts'
import { inParallel } from '../inParallel.ts'
import type { ObproxyNode } from '../node.ts'
import { type ProxyUse, proxyAnswers } from './proxyProcess.ts'

/** Each proxy that answers its administrator is RUNNING, and was seen now. */
export async function updateObproxyStatus(
  node: ObproxyNode<ProxyUse | 'obproxy.seen'>,
): Promise<void> {
  const { proxies, store } = node
  await inParallel(proxies.servers, async (server) => {
    if (!(await proxyAnswers(node, { of: proxies, server })))
      throw new TransientError(say`obproxy on ${server.ip} does not answer`)
    await store.obproxy.seen(server.id, { status: 'RUNNING', at: new Date() })
    node.log('INFO', `obproxy on ${server.ip} answers on port ${server.sqlPort}: RUNNING`)
  })
}
