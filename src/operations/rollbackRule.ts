import { eq } from 'drizzle-orm'
import { Refused } from '../errors/refused.ts'
import type { Ask } from '../plan/ask.ts'
import { isWorkflow, type WorkflowName } from '../plan/run.ts'
import type { Db } from '../store/db.ts'
import type { Task } from '../store/newTask.ts'
import { hostServices } from '../store/schema/index.ts'
import { lockClusters, lockHosts, lockObproxies, refuseWithStandbys } from './uses.ts'

type Rule = (tx: Db, task: Task) => Promise<void>

const conflict = (reason: string) => new Refused({ code: 'COM10005', args: [reason] })

/** A rollback that is asked for again may find that the first one got as far as forgetting what was made. */
const rollingBack = ({ operation }: Task): boolean => operation === 'ROLLBACK'

/** A cluster in use is deleted, not rolled back: only a deletion asks everybody who depends on it. */
const createdCluster: Rule = async (tx, task) => {
  const [cluster] = await lockClusters(tx, task.clusterId === null ? [] : [task.clusterId])
  if (cluster === undefined) {
    if (rollingBack(task)) return
    throw new Refused({ code: 'OBE11001', args: [task.clusterId ?? ''] })
  }
  await refuseWithStandbys(tx, cluster)
  if (cluster.status === 'CREATING') return
  const { id, name, status } = cluster
  const advice = status === 'RUNNING' ? `; delete it instead (DELETE /api/v2/ob/clusters/${id})` : ''
  throw conflict(`cluster ${name} is ${status}, and only a CREATING one can be rolled back${advice}`)
}

const obproxyIn =
  (wanted: 'CREATING' | 'DELETING'): Rule =>
  async (tx, task) => {
    const [found] = await lockObproxies(tx, task.obproxyClusterId === null ? [] : [task.obproxyClusterId])
    if (found?.status === wanted || (found === undefined && rollingBack(task))) return
    if (found === undefined) throw new Refused({ code: 'ODP21001', args: [task.obproxyClusterId ?? ''] })
    throw conflict(`OBProxy cluster ${found.name} is ${found.status}, not ${wanted}`)
  }

/** Links are changed on an OBProxy cluster that is there. */
const linkedObproxy: Rule = async (tx, task) => {
  const [found] = await lockObproxies(tx, task.obproxyClusterId === null ? [] : [task.obproxyClusterId])
  if (found === undefined) throw new Refused({ code: 'ODP21001', args: [task.obproxyClusterId ?? ''] })
}

/** A host that is prepared keeps its agent until it is removed. */
const preparedHost: Rule = async (tx, task) => {
  const [host] = await lockHosts(tx, task.hostId === null ? [] : [task.hostId])
  if (host === undefined) throw new Refused({ code: 'CMP07005', args: [task.hostId ?? ''] })
  const services = await tx.select().from(hostServices).where(eq(hostServices.hostId, host.id)).limit(1)
  if (services.length > 0 || (host.status !== 'NEW' && host.status !== 'OFFLINE')) {
    throw new Refused({ code: 'CMP07006', args: [host.innerIpAddress] })
  }
}

const rules: Readonly<Partial<Record<WorkflowName, Rule>>> = {
  createCluster: createdCluster,
  createStandbyCluster: createdCluster,
  createObproxyCluster: obproxyIn('CREATING'),
  deleteObproxyCluster: obproxyIn('DELETING'),
  linkObproxy: linkedObproxy,
  unlinkObproxy: linkedObproxy,
  prepareHost: preparedHost,
}

/**
 * Throws Refused when what a task made is in use, or is no longer its own to take away. Locks it: the transaction has to write that the task
 * is RUNNING before it ends. Whether the task's state allows a rollback is not asked here.
 */
export async function refuseRollback(tx: Db, task: Task): Promise<void> {
  if (isWorkflow(task.workflow)) await rules[task.workflow]?.(tx, task)
}

/** Throws Refused when what a task works on was taken away, or is being taken away, since it failed. Locks it like refuseRollback. */
export async function refuseRetry(tx: Db, { workflow, clusterId, hostId }: Task): Promise<void> {
  if (workflow === 'createCluster' || workflow === 'createStandbyCluster') {
    const [cluster] = await lockClusters(tx, clusterId === null ? [] : [clusterId])
    if (cluster === undefined) throw new Refused({ code: 'OBE11001', args: [clusterId ?? ''] })
    if (cluster.status === 'DELETING') throw new Refused({ code: 'OBE11007', args: [cluster.name, cluster.status] })
  }
  if (workflow === 'prepareHost' && hostId !== null) {
    const [host] = await lockHosts(tx, [hostId])
    if (host === undefined) throw new Refused({ code: 'CMP07005', args: [hostId] })
  }
}

/** Throws Refused when what a task works on forbids this operation now. A task that has ended well allows none, whatever it made. */
export async function refuseOperation(tx: Db, task: Task, operation: Ask['operation']): Promise<void> {
  if (task.status === 'SUCCESSFUL') return
  if (operation === 'rollbackTask') await refuseRollback(tx, task)
  if (operation === 'retryTask' || operation === 'retrySubtask') await refuseRetry(tx, task)
  if (task.status === 'FAILED' && task.finishTime !== null)
    throw new Refused({ code: 'TSK10007', args: [task.id, 'FAILED (ended)'] })
}
