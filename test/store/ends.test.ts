import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { subtaskEnds } from '../../src/store/ends.ts'
import { storeOver } from '../../src/store/index.ts'
import { databases, newKeys, type TestStore } from './database.ts'
import {
  addHosts,
  addMoreHosts,
  creator,
  newCluster,
  packageNamed,
  sampleRpm,
} from './inventory.ts'

const hosts = 6

describe.each(databases)('ends of subtasks on $name', ({ open }) => {
  let opened: TestStore
  let taskId: number
  /** The checks of all hosts, which run side by side. */
  let checks: number[]
  beforeAll(async () => {
    opened = await open()
  })
  afterAll(() => opened.close())
  beforeEach(async () => {
    await opened.reset()
    const servers = await addHosts(opened.store, hosts)
    await opened.store.packages.create(packageNamed(sampleRpm))
    const zones = [{ name: 'zone1', idcName: 'hz2', servers }]
    const { task } = await opened.operations.acceptCluster({
      request: newCluster({ zones }),
      creator,
    })
    taskId = task.id
    checks = task.subtasks.filter(({ activity }) => activity === 'preCheck').map(({ id }) => id)
    await ended(task.firstSubtaskId)
  })

  const ended = (subtaskId: number, store = opened.store) =>
    store.tasks.finished({ taskId, subtaskId, runTime: 1 }, { status: 'SUCCESSFUL' })
  const failed = (subtaskId: number) =>
    opened.store.tasks.finished(
      { taskId, subtaskId, runTime: 1 },
      { status: 'FAILED', cause: { code: 'CMP07050', message: 'no space' } },
    )
  const statuses = async (activity: string) =>
    (await opened.store.tasks.get(taskId))?.subtasks
      .filter((row) => row.activity === activity)
      .map(({ status }) => status)

  test('that come together are all written, and the last makes the next stage ready', async () => {
    const revision = (await opened.store.tasks.get(taskId))?.revision ?? 0
    const all = await Promise.all(checks.map((id) => ended(id)))
    expect(await statuses('preCheck')).toEqual(checks.map(() => 'SUCCESSFUL'))
    expect(await statuses('installRpm')).toEqual(checks.map(() => 'READY'))
    // The first was under way when the others came.
    expect((await opened.store.tasks.get(taskId))?.revision).toBe(revision + 2)
    expect(all.map((progress) => progress?.changes.length)).toEqual([1, 1, 1, 1, 1, 1 + 1 + hosts])
  })

  test('of two processes are all counted', async () => {
    const other = storeOver(opened, newKeys())
    await Promise.all(checks.map((id, index) => ended(id, index % 2 === 0 ? opened.store : other)))
    expect(await statuses('installRpm')).toEqual(checks.map(() => 'READY'))
  })

  test('count once, however often they are told', async () => {
    const [first = 0] = checks
    const told = await Promise.all([ended(first), ended(first), ended(first)])
    expect(told.filter((progress) => progress !== undefined)).toHaveLength(1)
    expect(await ended(first)).toBeUndefined()
  })

  test('after an operation that another process accepted go by what it changed', async () => {
    const [first = 0, ...others] = checks
    await Promise.all([failed(first), ...others.map((id) => ended(id))])
    await opened.operations.operate(taskId, { operation: 'retryTask' })
    expect(await ended(first)).toBeUndefined()
    const run = { taskId, subtaskId: first, runTime: 2 }
    expect(await opened.store.tasks.finished(run, { status: 'SUCCESSFUL' })).toBeDefined()
    expect(await statuses('installRpm')).toEqual(checks.map(() => 'READY'))
  })

  test('bring the last lines of their logs, once, and none when another was quicker', async () => {
    const line = (subtaskId: number, message: string) =>
      ({ subtaskId, runTime: 1, at: new Date(), level: 'INFO', message }) as const
    const endedWith = (subtaskId: number, ...messages: string[]) =>
      opened.store.tasks.finished(
        { taskId, subtaskId, runTime: 1 },
        { status: 'SUCCESSFUL' },
        { lines: messages.map((message) => line(subtaskId, message)) },
      )
    const other = storeOver(opened, newKeys())
    const [first = 0, ...others] = checks
    // Of this task it keeps what the other process then changes.
    await endedWith(first, 'one', 'two')
    await other.tasks.finished(
      { taskId, subtaskId: others[0] ?? 0, runTime: 1 },
      { status: 'SUCCESSFUL' },
    )
    expect(await Promise.all(others.map((id) => endedWith(id, `of ${id}`)))).toEqual([
      undefined,
      ...others.slice(1).map(() => expect.anything()),
    ])
    expect(await endedWith(first, 'too late')).toBeUndefined()
    const messagesOf = async (id: number) =>
      (await opened.store.tasks.logOf(id)).map(({ message }) => message)
    expect(await messagesOf(first)).toEqual(['one', 'two'])
    expect(await Promise.all(others.map(messagesOf))).toEqual([
      [],
      ...others.slice(1).map((id) => [`of ${id}`]),
    ])
  })

  test('read what they change, not all subtasks of their task', async () => {
    const manyHosts = 120
    const servers = await addMoreHosts(opened.store, {
      count: manyHosts,
      idcId: 1,
      network: '10.7',
    })
    const zones = [{ name: 'zone1', idcName: 'hz2', servers }]
    const request = newCluster({ name: 'wide', zones })
    const { task } = await opened.operations.acceptCluster({ request, creator })
    const checks = task.subtasks.filter(({ activity }) => activity === 'preCheck')
    const succeed = { status: 'SUCCESSFUL' } as const
    await opened.db.transaction(async (tx) => {
      const end = subtaskEnds(tx)
      const fetched = async (): Promise<number> => {
        const [{ rows = 0 } = {}] = await tx
          .select({ rows: sql<number>`(idx_tup_fetch + seq_tup_read)::int` })
          .from(sql`pg_stat_xact_user_tables`)
          .where(sql`relname = 'subtasks'`)
        return rows
      }
      const run = { taskId: task.id, runTime: 1 }
      await end({ ...run, subtaskId: task.firstSubtaskId }, succeed)
      const before = await fetched()
      // The first end reads the whole task: what is read is counted.
      expect(before).toBeGreaterThanOrEqual(task.subtasks.length)
      // More than five: then PostgreSQL plans a prepared statement for any values.
      const ended = checks.slice(0, 20)
      for (const { id: subtaskId } of ended)
        expect(await end({ ...run, subtaskId }, succeed)).toBeDefined()
      const each = ((await fetched()) - before) / ended.length
      expect(each).toBeLessThan(10)
    })
  })
})
