import { and, eq, inArray } from 'drizzle-orm'
import { Refused, refuseAny } from '../../errors/refused.ts'
import type { WorkflowName } from '../../plan/run.ts'
import type { Db } from '../../store/db.ts'
import type { Keys } from '../../store/key.ts'
import { type Creator, insertTask, type TaskWithSubtasks } from '../../store/newTask.ts'
import { obproxy } from '../../store/obproxy.ts'
import type { ObproxyCluster } from '../../store/obproxyReads.ts'
import * as schema from '../../store/schema/index.ts'
import { linkObproxy, unlinkObproxy } from '../linkObproxy.ts'
import {
  type ClusterRow,
  clustersOf,
  lockClusters,
  lockObproxies,
  taskInWords,
  unfinishedOfObproxies,
  waysOut,
  workingOnClusters,
} from '../uses.ts'
import { linkFindings, tooManyLinks, type WantedLink } from './rules.ts'

const { clusters, obproxyLinks } = schema

/**
 * The clusters that links name, locked, in their order; of a name with standbys the primary, unless its obClusterId says another. Lock them
 * before any OBProxy cluster.
 */
export async function linkedClusters(tx: Db, links: readonly WantedLink[]): Promise<(ClusterRow | undefined)[]> {
  const ids: (number | undefined)[] = []
  for (const { clusterId, clusterName, obClusterId } of links) {
    const rows = await tx
      .select({ id: clusters.id, type: clusters.type })
      .from(clusters)
      .where(
        and(
          clusterId === undefined ? undefined : eq(clusters.id, clusterId),
          clusterName === undefined ? undefined : eq(clusters.name, clusterName),
          obClusterId === undefined ? undefined : eq(clusters.obClusterId, obClusterId),
        ),
      )
    ids.push((rows.find(({ type }) => type === 'PRIMARY') ?? rows[0])?.id)
  }
  const locked = await lockClusters(
    tx,
    ids.flatMap((id) => id ?? []),
  )
  const byId = new Map(locked.map((row) => [row.id, row]))
  return ids.map((id) => (id === undefined ? undefined : byId.get(id)))
}

/** Throws Refused while the create or the deletion of a cluster may change the same link. */
async function refuseBusy(tx: Db, obproxyClusterId: number, rows: readonly ClusterRow[]): Promise<void> {
  const changing = rows.filter((row) => row.status === 'DELETING' || row.obproxyClusterIds.includes(obproxyClusterId))
  const task = await workingOnClusters(
    tx,
    changing.map(({ id }) => id),
  )
  if (task === undefined) return
  throw new Refused({ code: 'COM10005', args: [`${taskInWords(task)} on cluster ${task.clusterName}: ${waysOut(task)}`] })
}

export interface LinkRequest<Wanted> {
  readonly obproxyClusterId: number
  readonly wanted: Wanted
  readonly creator: Creator
  readonly traceId?: string | undefined
}

/** An OBProxy cluster, locked, that runs and that no unfinished task works on. Throws Refused. */
export async function idleObproxy(tx: Db, keys: Keys, id: number): Promise<ObproxyCluster> {
  await lockObproxies(tx, [id])
  const reads = obproxy(tx, keys)
  const found = await reads.get(id)
  if (found === undefined) throw new Refused({ code: 'ODP21001', args: [id] })
  const task = await unfinishedOfObproxies(tx, [id])
  if (task !== undefined) {
    throw new Refused({ code: 'COM10005', args: [`${taskInWords(task)} on OBProxy cluster ${found.name}: ${waysOut(task)}`] })
  }
  if (found.status === 'RUNNING') return found
  throw new Refused({ code: 'COM10005', args: [`OBProxy cluster ${found.name} is ${found.status}, not RUNNING`] })
}

/** Accepts links in one transaction: they are CHANGING until their task has made them; or throws Refused and leaves nothing. */
export const acceptLinks = (
  db: Db,
  keys: Keys,
  { obproxyClusterId, wanted, creator, traceId }: LinkRequest<readonly WantedLink[]>,
): Promise<TaskWithSubtasks> =>
  db.transaction(async (tx) => {
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
    // One that is there already is proven anew: asking twice ends the same.
    await tx
      .insert(obproxyLinks)
      .values(links.map((link) => ({ ...link, state: 'CHANGING' as const })))
      .onConflictDoUpdate({ target: [obproxyLinks.obproxyClusterId, obproxyLinks.clusterId], set: { state: 'CHANGING' } })
    return insertLinkTask(tx, { found, clusterIds: ids, creator, traceId, ...operations.link })
  })

/** Accepts the end of a cluster's link in one transaction; or throws Refused and leaves nothing. */
export const acceptUnlink = (
  db: Db,
  keys: Keys,
  { obproxyClusterId, wanted, creator, traceId }: LinkRequest<string>,
): Promise<TaskWithSubtasks> =>
  db.transaction(async (tx) => {
    const named = await tx.select({ id: clusters.id }).from(clusters).where(eq(clusters.name, wanted))
    const locked = await lockClusters(
      tx,
      named.map((row) => row.id),
    )
    const found = await idleObproxy(tx, keys, obproxyClusterId)
    const ids = found.links.filter(({ clusterName }) => clusterName === wanted).map(({ clusterId }) => clusterId)
    await refuseBusy(
      tx,
      obproxyClusterId,
      locked.filter(({ id }) => ids.includes(id)),
    )
    if (ids.length === 0) throw new Refused({ code: 'COM10002', args: [`link of OBProxy cluster ${found.name}`, wanted] })
    await tx
      .update(obproxyLinks)
      .set({ state: 'CHANGING' })
      .where(and(eq(obproxyLinks.obproxyClusterId, obproxyClusterId), inArray(obproxyLinks.clusterId, ids)))
    return insertLinkTask(tx, { found, clusterIds: ids, creator, traceId, ...operations.unlink })
  })

const operations = {
  link: { workflow: 'linkObproxy', plan: linkObproxy },
  unlink: { workflow: 'unlinkObproxy', plan: unlinkObproxy },
} as const

interface LinkTask {
  readonly found: ObproxyCluster
  readonly clusterIds: readonly number[]
  readonly workflow: WorkflowName
  readonly plan: typeof linkObproxy | typeof unlinkObproxy
  readonly creator: Creator
  readonly traceId: string | undefined
}

const insertLinkTask = (tx: Db, { found, clusterIds, workflow, plan, creator, traceId }: LinkTask): Promise<TaskWithSubtasks> => {
  const targets = { hosts: found.servers.map(({ hostId, ip }) => ({ id: hostId, ip })), zones: [] }
  return insertTask(tx, {
    workflow,
    plan,
    targets,
    context: {
      stringMap: { obproxy_cluster_id: String(found.id), obproxy_cluster_name: found.name },
      listMap: { cluster_ids: clusterIds.map(String) },
    },
    creator,
    traceId,
    obproxyClusterId: found.id,
  })
}
