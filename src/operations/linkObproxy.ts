import { refuseAny } from '../errors/refused.ts'
import * as schema from '../store/schema/index.ts'
import { obproxyIsThere } from './obproxy/inStatus.ts'
import {
  idleObproxy,
  type LinkRequest,
  linkedClusters,
  linkWork,
  refuseBusy,
} from './obproxy/links.ts'
import { linkFindings, tooManyLinks, type WantedLink } from './obproxy/rules.ts'
import type { Operation } from './operation.ts'
import { obproxyPlan, once } from './plans.ts'
import { clustersOf } from './uses.ts'

/**
 * What is behind OCP's `obLinks/batchAdd`. Its links are those that are not settled yet, so this
 * plan and the one that unlinks undo each other.
 */
export const linkObproxyPlan = obproxyPlan('Link obproxy', [
  once('Link obproxy', 'linkObClusters', {
    timeout: '10m',
    undo: 'unlinkObClusters',
    prohibitSkip: true,
  }),
])

/** Makes an OBProxy cluster serve clusters: the links are CHANGING until its task has made them. */
export const linkObproxy: Operation<'linkObproxy', LinkRequest<readonly WantedLink[]>> = {
  name: 'linkObproxy',
  title: linkObproxyPlan.name,
  chinese: '关联 OBProxy',
  async accept({ tx, keys, request: { obproxyClusterId, wanted } }) {
    const { obproxyLinks } = schema
    const rows = await linkedClusters(tx, wanted)
    const found = await idleObproxy(tx, keys, obproxyClusterId)
    refuseAny(linkFindings(wanted, rows, found.servers[0]?.version ?? undefined, 'body'))
    const ids = rows.flatMap((row) => row?.id ?? [])
    await refuseBusy(
      tx,
      obproxyClusterId,
      rows.flatMap((row) => row ?? []),
    )
    const others = (await clustersOf(tx, obproxyClusterId)).filter(({ id }) => !ids.includes(id))
    refuseAny(tooManyLinks(found.workMode, others.length + ids.length, found.name))
    const links = ids.map((clusterId) => ({ obproxyClusterId, clusterId, username: 'proxyro' }))
    // An existing link is proven again: asking twice ends the same.
    await tx
      .insert(obproxyLinks)
      .values(links.map((link) => ({ ...link, state: 'CHANGING' as const })))
      .onConflictDoUpdate({
        target: [obproxyLinks.obproxyClusterId, obproxyLinks.clusterId],
        set: { state: 'CHANGING' },
      })
    return [linkWork(linkObproxyPlan, found, ids)]
  },
  refuseRollback: obproxyIsThere,
}
