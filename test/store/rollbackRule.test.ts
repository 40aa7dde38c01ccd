import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { Refused } from '../../src/errors/refused.ts'
import { refuseOperation } from '../../src/operations/operate.ts'
import type { Ask } from '../../src/plan/ask.ts'
import { tasks } from '../../src/store/schema/index.ts'
import { databases, type TestStore } from './database.ts'
import { addHosts, creator, newCluster, packageNamed, sampleRpm } from './inventory.ts'
import { setTask } from './taskRows.ts'

describe.each(databases)('what a rollback may take away on $name', ({ open }) => {
  let opened: TestStore
  beforeAll(async () => {
    opened = await open()
  })
  afterAll(() => opened.close())
  beforeEach(async () => {
    await opened.reset()
    await addHosts(opened.store, 3)
    for (const rpm of [sampleRpm, 'obproxy-4.2.1.0-11.el7.x86_64.rpm'])
      await opened.store.packages.create(packageNamed(rpm))
  })

  const fail = (taskId: number, operation: 'EXECUTE' | 'ROLLBACK' = 'EXECUTE') =>
    setTask(opened.db, taskId, 'FAILED', operation)
  /** A create that has FAILED, before or after its cluster was RUNNING. */
  const failedCreate = async (status: 'CREATING' | 'RUNNING'): Promise<number> => {
    const { task } = await opened.operations.acceptCluster({ request: newCluster(), creator })
    await opened.store.clusters.setStatus(1, status)
    await fail(task.id)
    return task.id
  }
  const standby = () =>
    opened.operations.acceptCluster({
      request: newCluster({
        type: 'STANDBY',
        primaryObClusterId: 1,
        zones: [{ name: 'zone1', idcName: 'hz2', servers: [2] }],
      }),
      creator,
    })
  const odp = () =>
    opened.operations.acceptObproxy({
      request: {
        name: 'odp',
        port: 2883,
        workMode: 'CONFIG_URL',
        configUrl: 'http://10.0.0.9:8080/services',
        hostIds: [3],
        sqlPort: 2883,
        exporterPort: 2884,
        links: [],
        startupParameters: [],
        parameters: [],
      },
      creator,
    })
  const asked = (
    taskId: number,
    operation: Exclude<Ask['operation'], 'skipSubtask' | 'cancelSubtask'>,
  ) =>
    opened.db
      .transaction(async (tx) => {
        const [task] = await tx.select().from(tasks).where(eq(tasks.id, taskId))
        if (task) await refuseOperation(tx, task, operation)
      })
      .then(() => 'allowed', whyNot)
  const whyNot = (error: unknown) =>
    error instanceof Refused ? `${error.findings[0].code} ${error.message}` : String(error)

  test('a create whose cluster is CREATING', async () => {
    expect(await asked(await failedCreate('CREATING'), 'rollbackTask')).toBe('allowed')
    await opened.store.clusters.release(1)
    expect(await opened.store.hosts.get(1)).toMatchObject({ status: 'AVAILABLE', services: [] })
  })

  test('not a create whose cluster is RUNNING: that one is deleted, and then the create is neither retried nor rolled back', async () => {
    const create = await failedCreate('RUNNING')
    expect(await asked(create, 'rollbackTask')).toMatch(
      /COM10005 .*terran is RUNNING.*DELETE \/api\/v2\/ob\/clusters\/1/,
    )
    expect(await asked(create, 'retryTask')).toBe('allowed')
    expect(await opened.operations.acceptDelete({ clusterId: 1, creator })).toMatchObject({
      workflow: 'deleteCluster',
    })
    expect(await asked(create, 'retryTask')).toMatch(/OBE11007 .*DELETING/)
    expect(await asked(create, 'retrySubtask')).toMatch(/OBE11007/)
    await opened.store.clusters.forget(1)
    expect(await asked(create, 'rollbackTask')).toMatch(/OBE11001/)
    expect(await asked(create, 'retryTask')).toMatch(/OBE11001/)
  })

  test.each(['RUNNING', 'DELETING', 'UPGRADING'] as const)(
    'a cluster that is %s stays, and its hosts stay reserved, whoever asks for its release',
    async (status) => {
      await failedCreate('RUNNING')
      await opened.store.clusters.setStatus(1, status)
      const before = await opened.dump()
      await expect(opened.store.clusters.release(1)).rejects.toThrow(
        `is ${status}, it must be CREATING`,
      )
      expect(await opened.store.clusters.unreserve(1)).toEqual([])
      if (status !== 'DELETING')
        await expect(opened.store.clusters.forget(1)).rejects.toThrow('must be DELETING')
      expect(await opened.dump()).toEqual(before)
    },
  )

  test('a stale run cannot make a cluster that is being deleted RUNNING again', async () => {
    await failedCreate('CREATING')
    expect(await opened.store.clusters.setRunning(1)).toBe(true)
    expect(await opened.store.clusters.setRunning(1)).toBe(true)
    await opened.store.clusters.setStatus(1, 'DELETING')
    expect(await opened.store.clusters.setRunning(1)).toBe(false)
    expect((await opened.store.clusters.get(1))?.status).toBe('DELETING')
  })

  test('not a primary that has a standby, in whatever state it is', async () => {
    const { task } = await opened.operations.acceptCluster({ request: newCluster(), creator })
    await setTask(opened.db, task.id, 'SUCCESSFUL')
    await opened.store.clusters.setStatus(1, 'RUNNING')
    await standby()
    await fail(task.id)
    await opened.store.clusters.setStatus(1, 'CREATING')
    expect(await asked(task.id, 'rollbackTask')).toMatch(/COM10005 .*terran:2 is its standby/)
  })

  test('a rollback that released its cluster and then failed may be asked for again', async () => {
    const create = await failedCreate('CREATING')
    await opened.store.clusters.release(1)
    await fail(create, 'ROLLBACK')
    expect(await asked(create, 'rollbackTask')).toBe('allowed')
  })

  test('an OBProxy cluster that is CREATING, and the deletion of one that is DELETING', async () => {
    const create = await odp()
    await fail(create.id)
    expect(await asked(create.id, 'rollbackTask')).toBe('allowed')
    await opened.store.obproxy.setStatus(1, 'RUNNING')
    expect(await asked(create.id, 'rollbackTask')).toMatch(/COM10005 .*odp is RUNNING/)
    await expect(opened.store.obproxy.release(1)).rejects.toThrow('it stays')
    expect((await opened.store.hosts.get(3))?.status).toBe('ONLINE')
    await setTask(opened.db, create.id, 'SUCCESSFUL')
    const deletion = await opened.operations.acceptObproxyDelete({ obproxyClusterId: 1, creator })
    await fail(deletion.id)
    expect(await asked(deletion.id, 'rollbackTask')).toBe('allowed')
    await opened.store.obproxy.release(1)
    expect(await asked(deletion.id, 'rollbackTask')).toMatch(/ODP21001/)
  })

  test('not a host that is ready for use, nor one that is not there', async () => {
    const { tasks, hostIds } = await opened.operations.acceptHosts({
      hosts: [{ innerIpAddress: '10.0.9.1' }],
      sshPort: 22,
      kind: 'DEDICATED_PHYSICAL_MACHINE',
      idcId: 1,
      credentialId: 1,
      creator,
    })
    const [id = 0] = hostIds
    const taskId = tasks[0]?.id ?? 0
    await fail(taskId)
    expect(await asked(taskId, 'rollbackTask')).toBe('allowed')
    await opened.store.hosts.setStatus(id, 'AVAILABLE')
    expect(await asked(taskId, 'rollbackTask')).toMatch(/CMP07006/)
    await opened.store.hosts.remove([id])
    expect(await asked(taskId, 'rollbackTask')).toMatch(/CMP07005/)
    expect(await asked(taskId, 'retryTask')).toMatch(/CMP07005/)
  })
})
