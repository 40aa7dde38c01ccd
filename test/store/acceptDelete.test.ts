import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { Refused } from '../../src/errors/refused.ts'
import { databases, type TestStore } from './database.ts'
import { addHosts, creator, newCluster, packageNamed, sampleRpm } from './inventory.ts'
import { testOperations } from './operations.ts'
import { setSubtask, setTask } from './taskRows.ts'

describe.each(databases)('accepting the deletion of a cluster on $name', ({ open }) => {
  let opened: TestStore
  beforeAll(async () => {
    opened = await open()
  })
  afterAll(() => opened.close())
  beforeEach(async () => {
    await opened.reset()
    await addHosts(opened.store, 3)
    await opened.store.packages.create(packageNamed(sampleRpm))
  })

  /** A cluster whose create has ended as told. */
  const aCluster = async (ended: 'SUCCESSFUL' | 'FAILED' | 'RUNNING') => {
    const { store } = opened
    const { task } = await testOperations(store).acceptCluster({ request: newCluster(), creator })
    await setTask(opened.db, task.id, ended)
    if (ended === 'SUCCESSFUL') await store.clusters.setStatus(1, 'RUNNING')
    return task
  }
  const remove = (clusterId = 1) => opened.operations.acceptDelete({ clusterId, creator })
  const codeOf = (error: unknown) => (error instanceof Refused ? error.findings[0].code : error)

  test('writes the 6 subtasks and the context of the sample, and the cluster is DELETING', async () => {
    await aCluster('SUCCESSFUL')
    const task = await remove()
    expect(task).toMatchObject({
      name: 'Delete primary OB cluster',
      workflow: 'deleteCluster',
      prohibitRollback: true,
    })
    expect(task.subtasks.map(({ name }) => name)).toEqual([
      'Prepare delete cluster',
      'Stop ocp agent service',
      'Wait node',
      'Clean observer host',
      'Delete cluster info',
      'Unreserve host',
    ])
    expect(task.context).toEqual({
      stringMap: {
        cluster_name: 'terran',
        cluster_id: '1',
        service_type: 'OB_CLUSTER',
        former_cluster_status: 'RUNNING',
        service_name: 'terran:1',
        service_version: '2.2.73',
        ob_cluster_id: '1',
      },
      listMap: { host_ids: ['1'] },
    })
    expect((await opened.store.clusters.get(1))?.status).toBe('DELETING')
  })

  test('of a cluster whose create FAILED later ends that create for good, and its run is told', async () => {
    const { store } = opened
    const create = await aCluster('FAILED')
    await store.clusters.setStatus(1, 'RUNNING')
    for (const { taskId, acceptedRevision } of await store.tasks.untold())
      await store.tasks.markTold(taskId, acceptedRevision)
    await remove()
    const ended = await store.tasks.get(create.id)
    expect(ended).toMatchObject({ status: 'FAILED', finishTime: expect.any(Date) })
    expect((await store.tasks.untold()).map(({ taskId }) => taskId)).toContain(create.id)
    const { workflowId, revision } = create
    expect(await store.tasks.changes(create.id, workflowId, revision)).toMatchObject({
      task: { ended: true },
    })
    const subtaskId = create.firstSubtaskId
    await setSubtask(opened.db, subtaskId, { status: 'FAILED' })
    for (const ask of [
      { operation: 'retryTask' },
      { operation: 'rollbackTask' },
      { operation: 'skipSubtask', subtaskId: subtaskId + 1 },
    ] as const)
      await expect(opened.operations.operate(create.id, ask)).rejects.toBeInstanceOf(Refused)
    await setSubtask(opened.db, subtaskId + 1, { status: 'FAILED' })
    const skip = opened.operations.operate(create.id, {
      operation: 'skipSubtask',
      subtaskId: subtaskId + 1,
    })
    await expect(skip).rejects.toMatchObject({ findings: [{ code: 'TSK10007' }] })
  })

  test('of a host ends the preparation of it that FAILED', async () => {
    const { store } = opened
    const { contents } = await store.tasks.list({ hostId: 2 }, { page: 1, size: 1 })
    const taskId = contents[0]?.id ?? 0
    await setTask(opened.db, taskId, 'FAILED')
    await store.hosts.remove([2])
    expect(await store.tasks.get(taskId)).toMatchObject({
      status: 'FAILED',
      finishTime: expect.any(Date),
    })
  })

  test.each([
    { ended: 'RUNNING', says: /Create primary OB cluster.*RUNNING.*not finished/ },
    { ended: 'FAILED', says: /Create primary OB cluster.*FAILED.*roll it back/ },
  ] as const)('refuses a cluster whose create is $ended', async ({ ended, says }) => {
    await aCluster(ended)
    const before = await opened.dump()
    const refused = await remove().catch((error: unknown) => error)
    expect(codeOf(refused)).toBe('OBE11020')
    expect(refused).toMatchObject({ message: expect.stringMatching(says) })
    expect(await opened.dump()).toEqual(before)
  })

  test('refuses what is not there, what is being deleted, and what is in no state for it', async () => {
    expect(await remove().catch(codeOf)).toBe('OBE11001')
    await aCluster('SUCCESSFUL')
    await opened.store.clusters.setStatus(1, 'UPGRADING')
    expect(await remove().catch(codeOf)).toBe('OBE11007')
    await opened.store.clusters.setStatus(1, 'RUNNING')
    await remove()
    expect(await remove().catch(codeOf)).toBe('OBE11020')
  })

  test('accepts one of many at the same time', async () => {
    await aCluster('SUCCESSFUL')
    const codes = await Promise.all(
      Array.from({ length: 5 }, () => remove().then(() => 'accepted', codeOf)),
    )
    expect(codes.toSorted()).toEqual(['OBE11020', 'OBE11020', 'OBE11020', 'OBE11020', 'accepted'])
  })

  test('the last two nodes leave hosts free and nothing of the cluster but its tasks, however often they run', async () => {
    const { store } = opened
    const made = await aCluster('SUCCESSFUL')
    const task = await remove()
    const { zones } = await store.clusters.spec(1)
    expect(zones[0]?.servers[0]?.taskId).toBe(made.id)
    await store.clusters.forget(1)
    await store.clusters.forget(1)
    expect((await store.hosts.get(1))?.status).toBe('ONLINE')
    expect(await store.clusters.unreserve(1)).toEqual(['10.0.0.1'])
    expect(await store.clusters.unreserve(1)).toEqual([])
    expect(await store.hosts.get(1)).toMatchObject({ status: 'AVAILABLE', services: [] })
    expect(await store.clusters.get(1)).toBeUndefined()
    await expect(store.secrets.get('cluster/1/root')).rejects.toThrow('not in the store')
    expect(await store.tasks.get(task.id)).toMatchObject({ clusterName: 'terran' })
  })
})
