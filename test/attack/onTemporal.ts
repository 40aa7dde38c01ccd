import { Client, Connection } from '@temporalio/client'
import { deleteClusterPlan } from '../../src/operations/deleteCluster.ts'
import { type Attempt, attemptTo, type Target } from './target.ts'

/** Everything that whoever reaches Temporal can ask it to do to a cluster that runs. */
export async function attackTemporal(target: Target): Promise<Attempt[]> {
  const { taskId, clusterId, clusterName, hostId, hostIp, firstSubtaskId, workflowIds } = target
  const opened = await attemptTo('connect', () =>
    Connection.connect({ address: target.temporal, connectTimeout: 5000 }),
  )
  if (!opened.through) return [opened]
  const connection = await Connection.connect({ address: target.temporal, connectTimeout: 5000 })
  const { namespace } = target
  const client = new Client({ connection, namespace })
  const taskQueue = 'obflow'
  const plans = {
    taskId,
    firstSubtaskId,
    clusterId,
    clusterName,
    creator: 'admin',
    hosts: [{ id: hostId, ip: hostIp, zone: 'zone1' }],
    zones: ['zone1'],
    plan: deleteClusterPlan,
  }
  const call = {
    taskId,
    subtaskId: firstSubtaskId,
    runTime: 1,
    since: 0,
    operation: 'EXECUTE',
    name: 'Clean observer host',
    timeoutSeconds: 600,
    clusterId,
    hostId,
  }
  const attempts: Attempt[] = [opened]
  const tried = async (what: string, work: () => Promise<unknown>): Promise<void> => {
    attempts.push(await attemptTo(what, work))
  }

  for (const id of [taskId, taskId + 1, 999_999])
    for (const workflow of ['deleteCluster', 'createCluster', 'prepareHost'])
      await tried(`start ${workflow} of task ${id} with a plan of its own`, () =>
        client.workflow.start(workflow, {
          taskQueue,
          workflowId: `attack-${workflow}-${id}`,
          args: [{ ...plans, taskId: id }],
        }),
      )
  // Activities without a workflow, as a forged workflow would schedule them: old ones, of other
  // tasks, undone.
  for (const type of [
    'cleanObserverHost',
    'removeDir',
    'removeRpm',
    'stopAgent',
    'releaseCluster',
    'deleteClusterInfo',
    'bootstrapOb',
  ])
    for (const [index, input] of [
      call,
      { ...call, operation: 'ROLLBACK' },
      { ...call, runTime: 2 },
      { ...call, subtaskId: 1 },
    ].entries())
      await tried(`activity ${type}, input ${index}`, () =>
        client.activity.start(type, {
          id: `attack-${type}-${index}`,
          taskQueue,
          args: [input],
          startToCloseTimeout: '20s',
          retry: { maximumAttempts: 2 },
        }),
      )
  await tried('write that a subtask failed', () =>
    client.activity.start('subtaskFailed', {
      id: 'attack-failed',
      taskQueue,
      args: [{ ...call, cancelled: false, cause: { code: 'COM10999', message: 'of a stranger' } }],
      startToCloseTimeout: '20s',
      retry: { maximumAttempts: 1 },
    }),
  )
  for (const id of workflowIds) {
    const handle = client.workflow.getHandle(id)
    for (const name of ['retryTask', 'rollbackTask', 'cancelSubtask', 'skipSubtask'])
      await tried(`update ${name} of ${id}`, () =>
        handle.executeUpdate(name, { args: [firstSubtaskId] }),
      )
    await tried(`signal ${id}`, () => handle.signal('changed'))
    await tried(`reset ${id}`, async () => {
      const { events } = await handle.fetchHistory()
      const done = events?.find((event) => event.workflowTaskCompletedEventAttributes)
      await client.workflowService.resetWorkflowExecution({
        namespace,
        workflowExecution: { workflowId: id },
        reason: 'attack',
        requestId: `attack-${id}`,
        ...(done?.eventId && { workflowTaskFinishEventId: done.eventId }),
      })
    })
    await tried(`start ${id} anew`, () =>
      client.workflow.start('createCluster', {
        taskQueue,
        workflowId: id,
        args: [plans],
        workflowIdReusePolicy: 'ALLOW_DUPLICATE',
      }),
    )
    await tried(`terminate ${id}`, () => handle.terminate('attack'))
  }
  await connection.close()
  return attempts
}
