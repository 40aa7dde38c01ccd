import type { Node } from '../node.ts'
import { obproxyIdOf } from './obproxyId.ts'

/** Hosts of the proxies are AVAILABLE, unless something else runs on them. */
export async function unreserveProxyHost({
  input,
  store,
  log,
}: Node<'obproxy.unreserve'>): Promise<void> {
  const freed = await store.obproxy.unreserve(obproxyIdOf(input))
  log(
    'INFO',
    freed.length === 0 ? 'No host was reserved any more' : `AVAILABLE again: ${freed.join(', ')}`,
  )
}
