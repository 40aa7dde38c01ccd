import { Refused } from '../../errors/refused.ts'
import type { Db } from '../../store/db.ts'
import type { Keys } from '../../store/key.ts'
import { type Creator, insertTask, type TaskWithSubtasks } from '../../store/newTask.ts'
import { obproxy } from '../../store/obproxy.ts'
import { deleteObproxyCluster } from '../deleteObproxyCluster.ts'
import { clustersOf, taskInWords, unfinishedOfClusters, waysOut } from '../uses.ts'
import { idleObproxy } from './links.ts'

export interface ObproxyDeleteRequest {
  readonly obproxyClusterId: number
  readonly creator: Creator
  readonly traceId?: string | undefined
}

/** Throws Refused while a create is still to link this OBProxy cluster, or a deletion still to unlink it. */
async function refuseAwaited(tx: Db, id: number): Promise<void> {
  const clusters = await clustersOf(tx, id)
  const task = await unfinishedOfClusters(
    tx,
    clusters.map((cluster) => cluster.id),
  )
  if (task === undefined) return
  throw new Refused({ code: 'COM10005', args: [`${taskInWords(task)} on cluster ${task.clusterName}: ${waysOut(task)}`] })
}

/** Accepts the deletion of an OBProxy cluster in one transaction; or throws Refused and leaves nothing. The clusters it serves run on. */
export const acceptObproxyDelete = (
  db: Db,
  keys: Keys,
  { obproxyClusterId, creator, traceId }: ObproxyDeleteRequest,
): Promise<TaskWithSubtasks> =>
  db.transaction(async (tx) => {
    const found = await idleObproxy(tx, keys, obproxyClusterId)
    await refuseAwaited(tx, obproxyClusterId)
    await obproxy(tx, keys).setStatus(obproxyClusterId, 'DELETING')
    const targets = { hosts: found.servers.map(({ hostId, ip }) => ({ id: hostId, ip })), zones: [] }
    const plan = deleteObproxyCluster(targets.hosts.length)
    return insertTask(tx, {
      workflow: 'deleteObproxyCluster',
      plan,
      targets,
      context: {
        stringMap: { prohibit_rollback: 'false', obproxy_cluster_id: String(found.id), obproxy_cluster_name: found.name },
        listMap: targets.hosts.length > 0 ? { host_ids: targets.hosts.map(({ id }) => String(id)) } : {},
      },
      creator,
      traceId,
      obproxyClusterId,
    })
  })
