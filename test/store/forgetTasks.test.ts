import { count } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { subtaskLogs } from '../../src/store/schema/index.ts'
import { databases, type TestStore } from './database.ts'
import { addHosts, creator, newCluster, packageNamed, sampleRpm } from './inventory.ts'
import { setSubtask, setTask } from './taskRows.ts'

const later = () => new Date(Date.now() + 60_000)
const earlier = () => new Date(Date.now() - 60_000)

describe.each(databases)('tasks that are forgotten on $name', ({ open }) => {
  let opened: TestStore
  let taskId: number
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
    await setSubtask(opened.db, task.firstSubtaskId, { status: 'SUCCESSFUL' })
  })
  const logLines = async () =>
    (await opened.db.select({ lines: count() }).from(subtaskLogs))[0]?.lines

  test('a task that ended long ago goes with its subtasks and its log', async () => {
    await setTask(opened.db, taskId, 'SUCCESSFUL')
    expect(await logLines()).toBe(1)
    expect(await opened.store.tasks.forget(later())).toBeGreaterThan(0)
    expect(await opened.store.tasks.get(taskId)).toBeUndefined()
    expect(await logLines()).toBe(0)
  })

  test('a task that ended lately stays', async () => {
    await setTask(opened.db, taskId, 'SUCCESSFUL')
    await opened.store.tasks.forget(earlier())
    expect(await opened.store.tasks.get(taskId)).toBeDefined()
    expect(await logLines()).toBe(1)
  })

  test.each(['RUNNING', 'FAILED'] as const)(
    'a %s task that goes on or waits stays',
    async (status) => {
      await setTask(opened.db, taskId, status)
      await opened.store.tasks.forget(later())
      expect(await opened.store.tasks.get(taskId)).toBeDefined()
    },
  )

  test('the room of rows that went is freed while others work', async () => {
    await setTask(opened.db, taskId, 'SUCCESSFUL')
    await opened.store.tasks.forget(later())
    await Promise.all([opened.store.tidy(), opened.store.ping()])
  })
})
