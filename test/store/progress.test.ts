import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
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
    const { task } = await opened.store.acceptCluster({ request: newCluster(), creator })
    taskId = task.id
    subtaskId = task.firstSubtaskId
  })

  const subtask = async () => await opened.store.tasks.subtask(taskId, subtaskId)
  const started = (runTime: number, second: number, operation: 'EXECUTE' | 'RETRY' | 'ROLLBACK' = 'EXECUTE') =>
    opened.store.tasks.started({ taskId, subtaskId, runTime, operation, executor: '10.0.0.9', at: at(second) })
  const finished = (runTime: number, second: number, status: 'SUCCESSFUL' | 'FAILED' | 'PENDING') =>
    opened.store.tasks.finished({
      taskId,
      subtaskId,
      runTime,
      at: at(second),
      status,
      ...(status === 'FAILED' && { cause: { code: 'CMP07050', message: 'no space' } }),
    })

  test('a second attempt of a run goes on under the first start time and one separator', async () => {
    await started(1, 1)
    await opened.store.tasks.log([{ subtaskId, runTime: 1, at: at(2), level: 'INFO', message: 'half' }])
    await started(1, 9)
    await finished(1, 10, 'SUCCESSFUL')
    expect(await subtask()).toMatchObject({ status: 'SUCCESSFUL', startTime: at(1), finishTime: at(10), executor: '10.0.0.9' })
    expect((await opened.store.tasks.logOf(subtaskId)).map((line) => line.opens ?? line.message)).toEqual(['EXECUTE', 'half'])
  })

  test('a failure carries its cause until the next run begins', async () => {
    await started(1, 1)
    await finished(1, 2, 'FAILED')
    expect(await subtask()).toMatchObject({ status: 'FAILED', cause: { code: 'CMP07050', message: 'no space' } })
    await started(2, 3, 'RETRY')
    expect(await subtask()).toMatchObject({
      status: 'RUNNING',
      operation: 'RETRY',
      runTime: 2,
      cause: null,
      startTime: at(3),
      finishTime: null,
    })
    expect((await opened.store.tasks.logOf(subtaskId)).map((line) => line.opens)).toEqual(['EXECUTE', 'RETRY'])
  })

  test('a late end of an older run changes nothing', async () => {
    await started(1, 1)
    await started(2, 2, 'RETRY')
    await finished(1, 3, 'FAILED')
    expect(await subtask()).toMatchObject({ status: 'RUNNING', runTime: 2 })
  })

  test('an attempt that was given up and fails late does not undo what the next one of the same run has done', async () => {
    await started(1, 1)
    await started(1, 2)
    await finished(1, 3, 'SUCCESSFUL')
    await finished(1, 4, 'FAILED')
    expect(await subtask()).toMatchObject({ status: 'SUCCESSFUL', cause: null, finishTime: at(3) })
  })

  test('a late decision never takes a run back', async () => {
    await started(1, 1)
    await opened.store.tasks.record([{ subtaskId, status: 'READY', operation: 'EXECUTE', runTime: 1 }])
    expect(await subtask()).toMatchObject({ status: 'RUNNING' })
    await finished(1, 2, 'SUCCESSFUL')
    await opened.store.tasks.record([{ subtaskId, status: 'RUNNING', operation: 'EXECUTE', runTime: 1 }])
    await opened.store.tasks.record([{ subtaskId, status: 'SUCCESSFUL', operation: 'EXECUTE', runTime: 1, at: at(9) }])
    expect(await subtask()).toMatchObject({ status: 'SUCCESSFUL', startTime: at(1), finishTime: at(2) })
  })

  test('a skip and a roll back are decisions that stand', async () => {
    await started(1, 1)
    await finished(1, 2, 'FAILED')
    await opened.store.tasks.record([{ subtaskId, status: 'SUCCESSFUL', operation: 'SKIP', runTime: 1 }])
    expect(await subtask()).toMatchObject({ status: 'SUCCESSFUL', operation: 'SKIP', cause: null })
    await opened.store.tasks.record([{ subtaskId, status: 'READY', operation: 'ROLLBACK', runTime: 2 }])
    await started(2, 3, 'ROLLBACK')
    await finished(2, 4, 'PENDING')
    expect(await subtask()).toMatchObject({ status: 'PENDING', operation: 'ROLLBACK', runTime: 2 })
  })

  test('of several decisions about a subtask in one batch the last counts', async () => {
    const change = { subtaskId, operation: 'EXECUTE', runTime: 1 } as const
    await opened.store.tasks.record([
      { ...change, status: 'READY' },
      { ...change, status: 'RUNNING' },
      { ...change, status: 'FAILED', cause: { code: 'TSK10014', message: 'canceled', host: '10.0.0.1' } },
    ])
    expect(await subtask()).toMatchObject({ status: 'FAILED', cause: { code: 'TSK10014', host: '10.0.0.1' } })
  })

  test('the task ends with its last decision, and begins again with a retry', async () => {
    await opened.store.tasks.record([], { taskId, status: 'FAILED', operation: 'EXECUTE', finished: true })
    expect(await opened.store.tasks.get(taskId)).toMatchObject({ status: 'FAILED', finishTime: expect.any(Date) })
    await opened.store.tasks.record([], { taskId, status: 'RUNNING', operation: 'RETRY' })
    expect(await opened.store.tasks.get(taskId)).toMatchObject({ status: 'RUNNING', operation: 'RETRY', finishTime: null })
  })

  test('a task that was never started is found until it is marked', async () => {
    expect((await opened.store.tasks.unstarted()).at(-1)).toEqual({ taskId, workflow: 'createCluster' })
    await opened.store.tasks.markStarted(taskId)
    expect(await opened.store.tasks.unstarted()).not.toContainEqual({ taskId, workflow: 'createCluster' })
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
    await opened.store.clusters.saveZones(1, [{ name: 'zone1', innerStatus: 'ACTIVE', idcName: 'hz2', regionName: 'hangzhou' }])
    const tenant = {
      obTenantId: 1,
      name: 'sys',
      mode: 'MYSQL' as const,
      primaryZone: 'zone1',
      locality: 'FULL{1}@zone1',
      status: 'NORMAL',
    }
    await opened.store.clusters.saveTenants(1, [tenant])
    await opened.store.clusters.saveTenants(1, [tenant, { ...tenant, obTenantId: 1001, name: 'shop' }])
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
