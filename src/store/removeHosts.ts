import { and, asc, eq, inArray } from 'drizzle-orm'
import { type Finding, refuseAny } from '../errors/refused.ts'
import { say } from '../errors/say.ts'
import type { Db } from './db.ts'
import { endTasks } from './endTasks.ts'
import * as schema from './schema/index.ts'

/**
 * Forgets hosts, all of them or, with Refused, none: one that serves something, or that a task
 * works on, stays. What is installed on a host is left as it is: OCP answers at once and without a
 * task, so nothing is there that could take hours to reach the host.
 */
export const removeHosts = (
  db: Db,
  ids: readonly number[],
  fieldOf?: (index: number) => string,
): Promise<void> =>
  db.transaction(async (tx) => {
    const { hosts, hostServices, obproxyClusters, obproxyServers, tasks } = schema
    const found = await tx
      .select()
      .from(hosts)
      .where(inArray(hosts.id, ids))
      .orderBy(asc(hosts.id))
      .for('update')
    const serving = and(
      inArray(hostServices.hostId, ids),
      inArray(hostServices.type, ['OB_CLUSTER', 'OB_PROXY']),
    )
    const services = await tx
      .select({ hostId: hostServices.hostId, name: hostServices.name })
      .from(hostServices)
      .where(serving)
    const ofIds = inArray(obproxyServers.hostId, ids)
    const proxies = await tx
      .select({ hostId: obproxyServers.hostId, name: obproxyClusters.name })
      .from(obproxyServers)
      .innerJoin(obproxyClusters, eq(obproxyClusters.id, obproxyServers.obproxyClusterId))
      .where(ofIds)
    const working = and(inArray(tasks.hostId, ids), eq(tasks.status, 'RUNNING'))
    const running = await tx.select({ hostId: tasks.hostId }).from(tasks).where(working)

    const byId = new Map(found.map((host) => [host.id, host]))
    const used = new Map([...services, ...proxies].map(({ hostId, name }) => [hostId, name]))
    const busy = new Set(running.map(({ hostId }) => hostId))
    refuseAny(
      ids.flatMap((id, index): Finding[] => {
        const at = fieldOf && { field: fieldOf(index), rejected: id }
        const host = byId.get(id)
        if (host === undefined) return [{ code: 'CMP07005', args: [id], ...at }]
        const ip = host.innerIpAddress
        const by = used.get(id)
        if (by !== undefined)
          return [{ code: 'CMP07004', args: [ip, say`${host.status}, ${by}`, 'AVAILABLE'], ...at }]
        return busy.has(id) ? [{ code: 'CMP07006', args: [ip], ...at }] : []
      }),
    )
    await endTasks(tx, inArray(tasks.hostId, ids))
    await tx.delete(hosts).where(inArray(hosts.id, ids))
  })
