import { clientsOf } from '../../oceanbase/index.ts'
import type { ObproxyHostNode } from '../node.ts'

/** Proves that the host is in reach before anything stops, and says how many clients lose it. */
export async function prepareOfflineObproxy(node: ObproxyHostNode): Promise<void> {
  const { proxy, target } = node
  const clients = Number(
    await target.must(clientsOf(proxy.sqlPort), { title: 'count the clients of obproxy' }),
  )
  node.log(
    clients > 0 ? 'WARN' : 'INFO',
    `obproxy on ${proxy.ip} has ${clients} client connections on port ${proxy.sqlPort}`,
  )
}
