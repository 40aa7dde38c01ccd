import { setParameter } from '../../oceanbase/index.ts'
import type { ObproxyHostNode } from '../node.ts'
import { asProxyAdmin } from './proxyProcess.ts'

/** Gives the proxy the parameters of its OBProxy cluster. */
export async function syncObproxyParameter(
  node: ObproxyHostNode<'secrets.getOrCreate'>,
): Promise<void> {
  const { proxies, proxy } = node
  await asProxyAdmin(node, { of: proxies, server: proxy }, async (session) => {
    for (const { name, value } of proxies.parameters) await session.run(setParameter(name, value))
  })
  const names = proxies.parameters.map(({ name }) => name)
  node.log('INFO', `${names.join(', ') || 'no parameter'} set on the obproxy of ${proxy.ip}`)
}
