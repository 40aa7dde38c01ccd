import { and, eq, notInArray } from 'drizzle-orm'
import { Refused } from '../errors/refused.ts'
import { say } from '../errors/say.ts'
import type { Plan } from '../plan/plan.ts'
import { type Db, obproxy } from '../store/acceptance.ts'
import * as schema from '../store/schema/index.ts'
import { obproxyIn } from './obproxy/inStatus.ts'
import { idleObproxy } from './obproxy/links.ts'
import type { Operation, Rule } from './operation.ts'
import { obproxyPlan, once, perHost } from './plans.ts'
import { clustersOf, taskInWords, unfinishedOfClusters, waysOut } from './uses.ts'

/**
 * Both ends of the task are OCP's own sample, timeouts included: 0 is a node without a limit of its
 * own.
 */
const start = once('Start node', 'startObproxyOffline', {
  timeout: '30s',
  undo: 'keepObproxyCluster',
  prohibitSkip: true,
})
const finish = once('Finish node', 'releaseObproxyCluster', { timeout: '0s', prohibitSkip: true })

/** From this node on there is nothing that a rollback could start again. */
const infoGone = 'Delete obproxy info'

/**
 * The nodes of OCP's "Offline obproxy" in OCP's order. Source: ocp-doc V4.2.2,
 * 800.delete-obproxy.md. Left out is "Offline obproxy exporter": the exporter is the proxy's own
 * and has ended with it.
 */
const onHosts = obproxyPlan('Offline obproxy', [
  start,
  perHost('Prepare offline obproxy', 'prepareOfflineObproxy', { timeout: '30m' }),
  perHost('Stop and uninstall obproxy', 'uninstallObproxy', {
    timeout: '30m',
    undo: 'reinstallObproxy',
  }),
  once(infoGone, 'deleteObproxyInfo', { timeout: '300s', prohibitSkip: true }),
  once('Unreserve host', 'unreserveProxyHost', { timeout: '30m' }),
  finish,
])

const withoutHosts = obproxyPlan('Offline obproxy', [start, finish])

/** OCP's "Offline obproxy" for a number of hosts. */
export const deleteObproxyClusterPlan = (hosts: number): Plan =>
  hosts === 0 ? withoutHosts : onHosts

/**
 * Throws Refused while a create is still to link this OBProxy cluster, or a deletion still to
 * unlink it.
 */
async function refuseAwaited(tx: Db, id: number): Promise<void> {
  const clusters = await clustersOf(tx, id)
  const task = await unfinishedOfClusters(
    tx,
    clusters.map((cluster) => cluster.id),
  )
  if (task === undefined) return
  throw new Refused({
    code: 'COM10005',
    args: [say`${taskInWords(task)} on cluster ${task.clusterName ?? ''}: ${waysOut(task)}`],
  })
}

/** A rollback needs what the store knows of the proxies. */
const infoIsThere: Rule = async (tx, task) => {
  await obproxyIn('DELETING')(tx, task)
  const { subtasks } = schema
  const begun = await tx
    .select({ id: subtasks.id })
    .from(subtasks)
    .where(
      and(
        eq(subtasks.taskId, task.id),
        eq(subtasks.name, infoGone),
        notInArray(subtasks.status, ['PENDING', 'READY']),
      ),
    )
  if (begun.length === 0) return
  throw new Refused({
    code: 'COM10005',
    args: [say`the proxies are uninstalled and forgotten: retry the deletion`],
  })
}

/** Deletes an OBProxy cluster. The clusters it serves run on. */
export const deleteObproxyCluster: Operation<
  'deleteObproxyCluster',
  { readonly obproxyClusterId: number }
> = {
  name: 'deleteObproxyCluster',
  title: onHosts.name,
  chinese: '下线 OBProxy',
  async accept({ tx, keys, request: { obproxyClusterId } }) {
    const found = await idleObproxy(tx, keys, obproxyClusterId)
    await refuseAwaited(tx, obproxyClusterId)
    await obproxy(tx, keys).setStatus(obproxyClusterId, 'DELETING')
    const hosts = found.servers.map(({ hostId, ip }) => ({ id: hostId, ip }))
    const { id, name } = found
    const task = {
      plan: deleteObproxyClusterPlan(hosts.length),
      targets: { hosts, zones: [] },
      context: {
        stringMap: {
          prohibit_rollback: 'false',
          obproxy_cluster_id: String(id),
          obproxy_cluster_name: name,
        },
        listMap: hosts.length > 0 ? { host_ids: hosts.map((host) => String(host.id)) } : {},
      },
      obproxyClusterId,
    }
    return [task]
  },
  refuseRollback: infoIsThere,
}
