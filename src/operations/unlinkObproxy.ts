import { and, eq, inArray } from 'drizzle-orm'
import { Refused } from '../errors/refused.ts'
import { say } from '../errors/say.ts'
import * as schema from '../store/schema/index.ts'
import { obproxyIsThere } from './obproxy/inStatus.ts'
import { idleObproxy, type LinkRequest, linkWork, refuseBusy } from './obproxy/links.ts'
import type { Operation } from './operation.ts'
import { obproxyPlan, once } from './plans.ts'
import { lockClusters } from './uses.ts'

/** What is behind `DELETE …/obLinks/{obClusterName}`. */
export const unlinkObproxyPlan = obproxyPlan('Unlink obproxy', [
  once('Unlink obproxy', 'unlinkObClusters', {
    timeout: '10m',
    undo: 'linkObClusters',
    prohibitSkip: true,
  }),
])

/** Ends the link of an OBProxy cluster to the cluster of a name. */
export const unlinkObproxy: Operation<'unlinkObproxy', LinkRequest<string>> = {
  name: 'unlinkObproxy',
  title: unlinkObproxyPlan.name,
  chinese: '取消关联 OBProxy',
  async accept({ tx, keys, request: { obproxyClusterId, wanted } }) {
    const { clusters, obproxyLinks } = schema
    const named = await tx
      .select({ id: clusters.id })
      .from(clusters)
      .where(eq(clusters.name, wanted))
    const locked = await lockClusters(
      tx,
      named.map((row) => row.id),
    )
    const found = await idleObproxy(tx, keys, obproxyClusterId)
    const ids = found.links
      .filter(({ clusterName }) => clusterName === wanted)
      .map(({ clusterId }) => clusterId)
    await refuseBusy(
      tx,
      obproxyClusterId,
      locked.filter(({ id }) => ids.includes(id)),
    )
    if (ids.length === 0)
      throw new Refused({
        code: 'COM10002',
        args: [say`link of OBProxy cluster ${found.name}`, wanted],
      })
    await tx
      .update(obproxyLinks)
      .set({ state: 'CHANGING' })
      .where(
        and(
          eq(obproxyLinks.obproxyClusterId, obproxyClusterId),
          inArray(obproxyLinks.clusterId, ids),
        ),
      )
    return [linkWork(unlinkObproxyPlan, found, ids)]
  },
  refuseRollback: obproxyIsThere,
}
