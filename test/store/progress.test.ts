import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { asIs } from '../../src/errors/say.ts'
import { databases, type TestStore } from './database.ts'
import { addHosts, creator, newCluster, packageNamed, sampleRpm } from './inventory.ts'

const at = (second: number) => new Date(Date.UTC(2026, 0, 1, 0, 0, second))

describe.each(databases)('progress of a task on $name', ({ open }) => {
  let opened: TestStore
  let taskId: number
  let subtaskId: number
  beforeAll(async () => {
    opened = await open()
  })
  afterAll(() => opened.close())
  beforeEach(async () => {
    await opened.reset()
    await addHosts(opened.store, 1)
    await opened.store.packages.create(packageNamed(sampleRpm))
    const { task } = await opened.operations.acceptCluster({ request: newCluster(), creator })
    taskId = task.id
    subtaskId = task.firstSubtaskId
  })

  const subtask = async () => await opened.store.tasks.subtask(taskId, subtaskId)
  const begin = (change: object = {}) => ({
    taskId,
    subtaskId,
    runTime: 1,
    workflowId: `create-cluster-terran-${taskId}`,
    activity: 'prepareInstallCluster',
    attempt: 1,
    executor: '10.0.0.9',
    at: at(1),
    ...change,
  })
  const started = (change?: object) => opened.store.tasks.started(begin(change))
  const cause = { code: 'CMP07050', message: 'no space' }
  const succeeded = (second = 2, runTime = 1) =>
    opened.store.tasks.finished(
      { taskId, subtaskId, runTime },
      { status: 'SUCCESSFUL' },
      { at: at(second) },
    )
  const failed = (second = 2, runTime = 1) =>
    opened.store.tasks.finished(
      { taskId, subtaskId, runTime },
      { status: 'FAILED', cause },
      { at: at(second) },
    )
  const opening = (opens: 'EXECUTE' | 'RETRY', runTime = 1) =>
    ({ subtaskId, runTime, at: at(2), level: 'INFO', message: '', opens }) as const
  const operate = (operation: 'retryTask' | 'rollbackTask') =>
    opened.operations.operate(taskId, { operation })

  test('a second attempt of a run goes on under the first start time and one separator', async () => {
    await started()
    await opened.store.tasks.log([
      opening('EXECUTE'),
      { ...opening('EXECUTE'), message: 'half', opens: undefined },
    ])
    await started({ attempt: 2, at: at(9) })
    await opened.store.tasks.log([opening('EXECUTE')])
    await succeeded(10)
    expect(await subtask()).toMatchObject({
      status: 'SUCCESSFUL',
      startTime: at(1),
      finishTime: at(10),
      executor: '10.0.0.9',
      attempt: 2,
    })
    expect(
      (await opened.store.tasks.logOf(subtaskId)).map((line) => line.opens ?? line.message),
    ).toEqual(['EXECUTE', 'half'])
  })

  test('an attempt learns from the store what it works on', async () => {
    expect(await started()).toEqual({
      taskId,
      subtaskId,
      runTime: 1,
      operation: 'EXECUTE',
      workflow: 'createCluster',
      name: 'Prepare install cluster',
      timeoutSeconds: 300,
      startTime: at(1),
      clusterId: 1,
      trace: null,
    })
  })

  test.each([
    ['a workflow of another id', { workflowId: 'create-cluster-terran-999' }],
    ['another activity', { activity: 'cleanObserverHost' }],
    ['the undo of a subtask that is not rolled back', { activity: 'releaseCluster' }],
    ['a run that was not accepted', { runTime: 2 }],
    ['a task that is not its own', { taskId: 1 }],
  ])('%s may not begin, and changes nothing', async (_, change) => {
    const before = await opened.dump()
    expect(await started(change)).toBeUndefined()
    expect(await opened.dump()).toEqual(before)
  })

  test('a subtask whose upstreams are not done may not begin', async () => {
    const second = { subtaskId: subtaskId + 1, activity: 'preCheck' }
    expect(await started(second)).toBeUndefined()
    await started()
    expect(await started(second)).toBeUndefined()
    const ended = await succeeded()
    expect(ended?.changes).toMatchObject([
      { index: 0, status: 'SUCCESSFUL' },
      { index: 1, status: 'READY' },
    ])
    expect(await started(second)).toMatchObject({ name: 'Pre check for install OB', hostId: 1 })
  })

  test('what has ended may not begin again', async () => {
    await started()
    await succeeded()
    expect(await started()).toBeUndefined()
    expect(await succeeded()).toBeUndefined()
    expect(await subtask()).toMatchObject({ status: 'SUCCESSFUL', finishTime: at(2) })
  })

  test('a failure carries its cause until the next run is accepted', async () => {
    await started()
    await failed()
    expect(await subtask()).toMatchObject({ status: 'FAILED', cause, finishTime: at(2) })
    expect(await opened.store.tasks.get(taskId)).toMatchObject({ status: 'FAILED' })
    await operate('retryTask')
    const ready = { status: 'READY', operation: 'RETRY', runTime: 2, cause: null, finishTime: null }
    expect(await subtask()).toMatchObject(ready)
    await started({ runTime: 2, at: at(3) })
    expect(await subtask()).toMatchObject({ ...ready, status: 'RUNNING', startTime: at(3) })
  })

  test('a late end of an older run changes nothing', async () => {
    await started()
    await failed()
    await operate('retryTask')
    await started({ runTime: 2 })
    expect(await failed(4)).toBeUndefined()
    expect(await subtask()).toMatchObject({ status: 'RUNNING', runTime: 2 })
  })

  test('an attempt that was given up and fails late does not undo what another has done', async () => {
    await started()
    await started({ attempt: 2 })
    await succeeded(3)
    expect(await failed(4)).toBeUndefined()
    expect(await subtask()).toMatchObject({ status: 'SUCCESSFUL', cause: null, finishTime: at(3) })
  })

  test('an attempt that is made again says how the last one failed, until the subtask ends', async () => {
    await started()
    await opened.store.tasks.waiting(
      { taskId, subtaskId, runTime: 1 },
      asIs('connect ECONNREFUSED\0'),
    )
    await started({ attempt: 2 })
    expect(await subtask()).toMatchObject({
      attempt: 2,
      lastMessage: asIs('connect ECONNREFUSED\ufffd'),
    })
    await succeeded()
    expect(await subtask()).toMatchObject({ lastMessage: null })
  })

  test('a rolled-back task undoes what was done, and nothing else may begin', async () => {
    await started()
    await failed()
    await operate('rollbackTask')
    expect(await subtask()).toMatchObject({ status: 'READY', operation: 'ROLLBACK', runTime: 2 })
    expect(await started({ runTime: 2 })).toBeUndefined()
    expect(await started({ runTime: 2, activity: 'releaseCluster' })).toMatchObject({
      operation: 'ROLLBACK',
    })
    await succeeded(5, 2)
    expect(await subtask()).toMatchObject({ status: 'PENDING', operation: 'ROLLBACK', runTime: 2 })
    expect(await opened.store.tasks.get(taskId)).toMatchObject({
      status: 'SUCCESSFUL',
      operation: 'ROLLBACK',
      finishTime: at(5),
    })
  })

  test('of operations at the same moment one is accepted', async () => {
    await started()
    await failed()
    const ten = Array.from({ length: 10 }, () => operate('retryTask'))
    const outcomes = await Promise.allSettled(ten)
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    expect(await subtask()).toMatchObject({ runTime: 2 })
  })

  test('a run learns of what was accepted after what it knows, another run nothing', async () => {
    const { workflowId } = begin()
    const { tasks } = opened.store
    const known = await tasks.open(taskId, workflowId)
    expect(known.changes).toMatchObject([{ index: 0, status: 'READY' }])
    await started()
    await failed()
    await operate('retryTask')
    const news = await tasks.changes(taskId, workflowId, known.revision)
    expect(news.changes).toMatchObject([
      { index: 0, status: 'READY', operation: 'RETRY', runTime: 2 },
    ])
    expect((await tasks.changes(taskId, workflowId, news.revision)).changes).toEqual([])
    await expect(tasks.open(taskId, 'delete-cluster-terran-7')).rejects.toMatchObject({
      reason: { code: 'TSK10001' },
    })
  })

  test('Temporal’s word alone makes no subtask FAILED: only one that is being canceled ends by it', async () => {
    const { workflowId } = begin()
    const lost = { taskId, subtaskId, runTime: 1, since: 0 }
    await started()
    expect((await opened.store.tasks.lost(lost, workflowId)).changes[0]).toMatchObject({
      status: 'RUNNING',
    })
    expect(await subtask()).toMatchObject({ status: 'RUNNING', cause: null })
    await opened.operations.operate(taskId, { operation: 'cancelSubtask', subtaskId })
    await opened.store.tasks.lost({ ...lost, runTime: 2 }, workflowId)
    expect(await subtask()).toMatchObject({ status: 'CANCELING' })
    await opened.store.tasks.lost(lost, workflowId)
    expect(await subtask()).toMatchObject({
      status: 'FAILED',
      operation: 'CANCEL',
      cause: { code: 'TSK10014' },
    })
  })

  test('a log takes what no database stores: a NUL, half of a surrogate pair', async () => {
    const message = 'a\0b\ud800c'
    await opened.store.tasks.log([{ subtaskId, runTime: 1, at: at(1), level: 'INFO', message }])
    expect(await opened.store.tasks.logOf(subtaskId)).toMatchObject([
      { message: 'a\ufffdb\ufffdc' },
    ])
    await started()
    await opened.store.tasks.finished(
      { taskId, subtaskId, runTime: 1 },
      { status: 'FAILED', cause: { code: 'CMP07050', message } },
    )
    expect(await subtask()).toMatchObject({ cause: { message: 'a\ufffdb\ufffdc' } })
  })

  test('what Temporal does not know yet is found until it is told, operations too', async () => {
    const untold = {
      taskId,
      workflow: 'createCluster',
      workflowId: `create-cluster-terran-${taskId}`,
      known: false,
    }
    expect((await opened.store.tasks.untold()).at(-1)).toMatchObject(untold)
    await opened.store.tasks.markTold(taskId, 1)
    expect(await opened.store.tasks.untoldOf(taskId)).toBeUndefined()
    await started()
    await failed()
    await operate('retryTask')
    expect(await opened.store.tasks.untoldOf(taskId)).toMatchObject({ ...untold, known: true })
  })

  test('what the cluster says of itself replaces what was reserved', async () => {
    const server = {
      hostId: 1,
      ip: '10.0.0.1',
      port: 2882,
      sqlPort: 2881,
      zoneName: 'zone1',
      version: '2.2.73_build',
      innerStatus: 'ACTIVE',
      status: 'RUNNING' as const,
      withRootserver: true,
      startTime: at(1).toISOString(),
      stopTime: null,
    }
    await opened.store.clusters.saveServers(1, [server])
    await opened.store.clusters.saveZones(1, [
      { name: 'zone1', innerStatus: 'ACTIVE', idcName: 'hz2', regionName: 'hangzhou' },
    ])
    const tenant = {
      obTenantId: 1,
      name: 'sys',
      mode: 'MYSQL' as const,
      primaryZone: 'zone1',
      locality: 'FULL{1}@zone1',
      status: 'NORMAL',
    }
    await opened.store.clusters.saveTenants(1, [tenant])
    await opened.store.clusters.saveTenants(1, [
      tenant,
      { ...tenant, obTenantId: 1001, name: 'shop' },
    ])
    const cluster = await opened.store.clusters.get(1)
    expect(cluster).toMatchObject({
      tenantCount: 2,
      zones: [{ status: 'RUNNING', servers: [{ status: 'RUNNING', startTime: at(1) }] }],
    })
    await opened.store.clusters.saveServers(1, [])
    expect((await opened.store.clusters.get(1))?.zones[0]?.servers).toMatchObject([
      { status: 'UNAVAILABLE', innerStatus: 'INACTIVE' },
    ])
    expect((await opened.store.clusters.spec(1)).zones[0]?.servers).toHaveLength(1)
  })
})
