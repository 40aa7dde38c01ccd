import type { Node } from '../node.ts'
import { obproxyIdOf } from './obproxyId.ts'

/**
 * Takes the proxies, their links and their passwords out of the store; the OBProxy cluster's row
 * goes last. Does nothing the second time.
 */
export async function deleteObproxyInfo({
  input,
  store,
  log,
}: Node<'obproxy.forget'>): Promise<void> {
  const id = obproxyIdOf(input)
  await store.obproxy.forget(id)
  log('INFO', `The proxies, links and passwords of OBProxy cluster ${id} are forgotten`)
}
