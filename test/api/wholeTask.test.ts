import { eq, sql } from 'drizzle-orm'
import Fastify from 'fastify'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { z } from 'zod'
import { wholeTasks } from '../../src/api/tasks/whole.ts'
import type { Language } from '../../src/errors/codes.ts'
import { asIs, say } from '../../src/errors/say.ts'
import { subtasks, tasks } from '../../src/store/schema/index.ts'
import { addHosts, creator, newCluster, packageNamed, sampleRpm } from '../store/inventory.ts'
import { setSubtask, setTask } from '../store/taskRows.ts'
import { openApi, type TestApi } from './server.ts'

const shown = z.looseObject({
  name: z.string(),
  status: z.string(),
  operation: z.string(),
  subtasks: z.array(z.looseObject({ id: z.number(), status: z.string() })),
})
const page = z.object({ contents: z.array(z.looseObject({ id: z.number() })) })

let api: TestApi
let id: number
let first: number
beforeAll(async () => {
  api = await openApi()
})
afterAll(() => api.close())
afterEach(() => vi.restoreAllMocks())

beforeEach(async () => {
  await api.reset()
  await addHosts(api.store, 2)
  await api.store.packages.create(packageNamed(sampleRpm))
  const { task } = await api.operations.acceptCluster({
    request: newCluster({ zones: [{ name: 'zone1', idcName: 'hz2', servers: [1, 2] }] }),
    creator,
  })
  ;({ id, firstSubtaskId: first } = task)
})

const url = () => `/api/v2/tasks/instances/${id}`
const inChinese = { 'accept-language': 'zh-CN' }

/** The task as it is told; its subtasks are those that are read from the store each by itself. */
async function told(headers = {}) {
  const task = shown.parse((await api.call({ url: url(), headers })).data)
  const list = await api.call({ url: `${url()}/subtasks?size=1000`, headers })
  expect(task.subtasks).toEqual(page.parse(list.data).contents)
  return task
}

describe('a task that is read again and again', () => {
  const run = () => ({ taskId: id, subtaskId: first, runTime: 1 })
  const begin = (attempt: number) =>
    api.store.tasks.started({
      ...run(),
      workflowId: `create-cluster-terran-${id}`,
      activity: 'prepareInstallCluster',
      attempt,
      executor: 'worker-1',
      at: new Date(),
    })

  test('is told as it stands, whatever changed since', async () => {
    const steps: Record<string, () => Promise<unknown>> = {
      'nothing yet': async () => {},
      'a subtask begins': () => begin(1),
      'it is tried again': () => begin(2),
      'its attempt failed': () =>
        api.store.tasks.waiting(run(), say`host ${'10.0.0.1'} opened no channel: ${asIs('reset')}`),
      'it ended': () => api.store.tasks.finished(run(), { status: 'SUCCESSFUL' }),
      'others are at work': async () => {
        for (const offset of [1, 2]) await setSubtask(api.db, first + offset, { status: 'RUNNING' })
      },
      'one failed, with a text that looks like the reply': () =>
        setSubtask(api.db, first + 1, {
          status: 'FAILED',
          cause: { code: 'CMP07050', message: '"subtasks":[] $& \\"subtasks\\":[]' },
        }),
      'one is canceled': () => setSubtask(api.db, first + 2, { status: 'CANCELING' }),
      'it is retried': () =>
        setSubtask(api.db, first + 1, { status: 'READY', operation: 'RETRY', runTime: 2 }),
      'the task ends': () => setTask(api.db, id, 'SUCCESSFUL'),
    }
    const seen = new Set<string>()
    for (const [step, change] of Object.entries(steps)) {
      await change()
      for (const headers of [{}, inChinese]) {
        const task = await told(headers)
        seen.add(JSON.stringify(task))
        expect(task.subtasks, step).toHaveLength(29)
      }
    }
    // Each step and language said something else: the reply is not the one of the step before.
    expect(seen.size).toBe(2 * Object.keys(steps).length)
  })

  test('is read whole once, and what changed after it', async () => {
    await told()
    const get = vi.spyOn(api.store.tasks, 'get')
    for (let time = 0; time < 3; time += 1) await api.call({ url: url() })
    expect(get.mock.calls.map(([, since]) => typeof since)).toEqual(Array(3).fill('number'))
  })

  test('is told as the store has it after an older backup was put back', async () => {
    await setSubtask(api.db, first, { status: 'FAILED' })
    await told()
    await api.db.update(subtasks).set({ status: 'SUCCESSFUL', revision: 0 })
    await api.db.update(tasks).set({ revision: 0 }).where(eq(tasks.id, id))
    expect((await told()).subtasks[0]?.status).toBe('SUCCESSFUL')
    // Or another task has its number now.
    await api.db.update(subtasks).set({ status: 'PENDING' })
    await api.db
      .update(tasks)
      .set({ revision: 9, createTime: sql`${tasks.createTime} + interval '1 second'` })
      .where(eq(tasks.id, id))
    expect((await told()).subtasks[0]?.status).toBe('PENDING')
  })

  test('is kept while there is room, and of two readers the last one longer', async () => {
    const english = JSON.stringify((await told()).subtasks).length
    /** Whether each of these readers was told from what was kept. */
    const readBy = async (languages: readonly Language[], limit: number) => {
      const get = vi.spyOn(api.store.tasks, 'get')
      const whole = wholeTasks(api.store, limit)
      await using app = Fastify()
      app.get<{ Params: { language: Language } }>('/:language', ({ params }, reply) =>
        whole(reply, id, { ...params, codes: 'string', temporalUi: undefined }),
      )
      for (const language of languages) await app.inject({ url: `/${language}` })
      const kept = get.mock.calls.map(([, since]) => since !== undefined)
      get.mockRestore()
      return kept
    }
    const turns = ['en', 'zh', 'zh', 'en'] as const
    expect(await readBy(turns, 4 * english)).toEqual([false, false, true, true])
    expect(await readBy(turns, 1.5 * english)).toEqual([false, false, true, false])
    expect(await readBy(turns, 1)).toEqual([false, false, false, false])
  })

  test('is no longer told when it is gone', async () => {
    await told()
    await api.db.delete(subtasks)
    await api.db.delete(tasks)
    expect((await api.call({ url: url() })).status).toBe(404)
  })
})
