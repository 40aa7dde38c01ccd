import { and, eq, inArray, notInArray, type SQL } from 'drizzle-orm'
import type { Db } from './db.ts'
import { hostServices, hosts } from './schema/index.ts'

/**
 * Takes away services of hosts. Hosts that serve no cluster and no OBProxy any more are AVAILABLE;
 * their addresses are the result.
 */
export async function freeHosts(tx: Db, services: SQL | undefined): Promise<string[]> {
  const freed = await tx
    .delete(hostServices)
    .where(services)
    .returning({ hostId: hostServices.hostId })
  const busy = tx
    .select({ id: hostServices.hostId })
    .from(hostServices)
    .where(inArray(hostServices.type, ['OB_CLUSTER', 'OB_PROXY']))
  const ids = freed.map(({ hostId }) => hostId)
  const available = await tx
    .update(hosts)
    .set({ status: 'AVAILABLE' })
    .where(and(inArray(hosts.id, ids), eq(hosts.status, 'ONLINE'), notInArray(hosts.id, busy)))
    .returning({ ip: hosts.innerIpAddress })
  return available.map(({ ip }) => ip)
}
