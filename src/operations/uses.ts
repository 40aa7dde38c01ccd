import { and, arrayContains, asc, desc, eq, exists, inArray, ne, or } from 'drizzle-orm'
import { Refused } from '../errors/refused.ts'
import { type Said, say } from '../errors/say.ts'
import type { Db, Task } from '../store/acceptance.ts'
import * as schema from '../store/schema/index.ts'

// Who uses what. Whoever accepts something locks what it touches and asks here: hosts first, then
// clusters, then OBProxy clusters, each by id, so that no two acceptances wait for each other.

const { clusters, hosts, obproxyClusters, obproxyLinks, servers, tasks } = schema

export type ClusterRow = typeof clusters.$inferSelect
export type ObproxyRow = typeof obproxyClusters.$inferSelect

const unfinished = ['RUNNING', 'FAILED'] as const

/** Locks hosts to the end of the transaction and returns those that exist. */
export const lockHosts = (tx: Db, ids: readonly number[]) =>
  tx.select().from(hosts).where(inArray(hosts.id, ids)).orderBy(asc(hosts.id)).for('update')

/** Locks clusters to the end of the transaction and returns those that exist. */
export const lockClusters = (tx: Db, ids: readonly number[]): Promise<ClusterRow[]> =>
  tx
    .select()
    .from(clusters)
    .where(inArray(clusters.id, ids))
    .orderBy(asc(clusters.id))
    .for('update')

/** Locks OBProxy clusters to the end of the transaction and returns those that exist. */
export const lockObproxies = async (tx: Db, ids: readonly number[]): Promise<ObproxyRow[]> =>
  ids.length === 0
    ? []
    : tx
        .select()
        .from(obproxyClusters)
        .where(inArray(obproxyClusters.id, ids))
        .orderBy(asc(obproxyClusters.id))
        .for('update')

/** Throws Refused when a primary has standbys: they would lose what they follow. */
export async function refuseWithStandbys(
  tx: Db,
  { name, type }: Pick<ClusterRow, 'name' | 'type'>,
): Promise<void> {
  if (type === 'STANDBY') return
  const standbys = await tx
    .select({ obClusterId: clusters.obClusterId })
    .from(clusters)
    .where(and(eq(clusters.name, name), eq(clusters.type, 'STANDBY')))
  if (standbys.length === 0) return
  const names = standbys.map((standby) => `${name}:${standby.obClusterId}`).join(', ')
  throw new Refused({
    code: 'COM10005',
    args: [say`${names} is its standby and has to be deleted first`],
  })
}

/** The newest unfinished task of any of these clusters. */
export async function unfinishedOfClusters(
  tx: Db,
  ids: readonly number[],
): Promise<Task | undefined> {
  if (ids.length === 0) return undefined
  const where = and(inArray(tasks.clusterId, ids), inArray(tasks.status, unfinished))
  return (await tx.select().from(tasks).where(where).orderBy(desc(tasks.id)).limit(1))[0]
}

/** The newest RUNNING task of any of these clusters. */
export async function workingOnClusters(tx: Db, ids: readonly number[]): Promise<Task | undefined> {
  const where = and(inArray(tasks.clusterId, ids), eq(tasks.status, 'RUNNING'))
  return (await tx.select().from(tasks).where(where).orderBy(desc(tasks.id)).limit(1))[0]
}

/** The newest unfinished task of any of these OBProxy clusters. */
export async function unfinishedOfObproxies(
  tx: Db,
  ids: readonly number[],
): Promise<Task | undefined> {
  const where = and(inArray(tasks.obproxyClusterId, ids), inArray(tasks.status, unfinished))
  return (await tx.select().from(tasks).where(where).orderBy(desc(tasks.id)).limit(1))[0]
}

/** Ids of the OBProxy clusters that serve a cluster, or that its create was asked to link. */
export async function obproxiesOf(
  tx: Db,
  { id, obproxyClusterIds }: Pick<ClusterRow, 'id' | 'obproxyClusterIds'>,
) {
  const linked = await tx
    .select({ id: obproxyLinks.obproxyClusterId })
    .from(obproxyLinks)
    .where(eq(obproxyLinks.clusterId, id))
  return [...new Set([...obproxyClusterIds, ...linked.map((row) => row.id)])]
}

/**
 * Clusters that an OBProxy cluster serves, and those whose unfinished create is still to link it.
 */
export function clustersOf(
  tx: Db,
  obproxyClusterId: number,
): Promise<Pick<ClusterRow, 'id' | 'name' | 'obClusterId' | 'status'>[]> {
  const linked = tx
    .select({ id: obproxyLinks.clusterId })
    .from(obproxyLinks)
    .where(eq(obproxyLinks.obproxyClusterId, obproxyClusterId))
  const beingMade = exists(
    tx
      .select({ id: tasks.id })
      .from(servers)
      .innerJoin(tasks, eq(tasks.id, servers.taskId))
      .where(and(eq(servers.clusterId, clusters.id), inArray(tasks.status, unfinished))),
  )
  const wanted = and(
    arrayContains(clusters.obproxyClusterIds, [obproxyClusterId]),
    ne(clusters.status, 'DELETING'),
    beingMade,
  )
  return tx
    .select({
      id: clusters.id,
      name: clusters.name,
      obClusterId: clusters.obClusterId,
      status: clusters.status,
    })
    .from(clusters)
    .where(or(inArray(clusters.id, linked), wanted))
    .orderBy(asc(clusters.id))
}

/** How a task is named in a refusal that it causes. */
export const taskInWords = ({ id, name, status }: Pick<Task, 'id' | 'name' | 'status'>): Said =>
  say`task ${id} "${name}" is ${status}`

/** What ends an unfinished task. */
export const waysOut = ({
  status,
  prohibitRollback,
}: Pick<Task, 'status' | 'prohibitRollback'>): Said => {
  if (status === 'RUNNING') return say`let it end first`
  return prohibitRollback ? say`retry it first` : say`retry it or roll it back first`
}
