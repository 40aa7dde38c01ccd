import { inParallel } from '../inParallel.ts'
import type { PartNode } from '../node.ts'
import { waitForSql } from './observers.ts'

/** Waits until every observer, not only the first, answers `SELECT 1` as root. */
export async function waitObserverAccessible(node: PartNode): Promise<void> {
  const { servers } = node
  await inParallel(servers, (server) => waitForSql(node, server))
  node.log('INFO', `${servers.length} of ${servers.length} observers answer`)
}
