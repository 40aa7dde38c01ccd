import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { hashPassword } from '../../src/api/auth/password.ts'
import type { RunLook } from '../../src/api/engine/stalled.ts'
import { Secret } from '../../src/quote.ts'
import { tasks } from '../../src/store/schema/index.ts'
import { addHosts, packageNamed, sampleRpm } from '../store/inventory.ts'
import { setSubtask, setTask } from '../store/taskRows.ts'
import request from './fixtures/createRequest.json' with { type: 'json' }
import { basic, openApi, type TestApi } from './server.ts'

let api: TestApi
let task: { id: number; tasks: { id: number; name: string }[] }
beforeAll(async () => {
  api = await openApi()
})
afterAll(() => api.close())
beforeEach(async () => {
  await api.reset()
  await addHosts(api.store, 1)
  await api.store.packages.create(packageNamed(sampleRpm))
  task = (await api.post('/api/v2/ob/clusters', request)).data as typeof task
  await api.launcher.settled()
})

const prefixes = ['/api/v2/tasks/instances', '/api/v2/tasks']

/** Fails the subtask of this place, so that its task waits for an operator. */
async function failAt(index: number): Promise<number> {
  for (const [place, { id }] of task.tasks.entries()) {
    if (place > index) break
    const cause = { code: 'CMP07050', message: 'disk too small' }
    await setSubtask(
      api.db,
      id,
      place < index ? { status: 'SUCCESSFUL' } : { status: 'FAILED', cause },
    )
  }
  await setTask(api.db, task.id, 'FAILED')
  await api.launcher.settled()
  api.started.length = 0
  return task.tasks[index]?.id ?? 0
}

describe.each(prefixes)('%s', (prefix) => {
  test.each([
    ['retry', 'RETRY'],
    ['rollback', 'ROLLBACK'],
  ])('…/%s is accepted, answers the task and tells its run', async (call, operation) => {
    await failAt(7)
    const { status, data } = await api.call({ method: 'POST', url: `${prefix}/${task.id}/${call}` })
    expect(status).toBe(200)
    expect(data).toMatchObject({
      id: task.id,
      status: 'RUNNING',
      operation,
      subtasks: { length: 23 },
    })
    await api.launcher.settled()
    expect(api.started).toMatchObject([{ taskId: task.id, known: true }])
  })

  test('…/subtasks/{id}/retry answers the subtask', async () => {
    const subtask = await failAt(7)
    const url = `${prefix}/${task.id}/subtasks/${subtask}/retry`
    const { status, data } = await api.call({ method: 'POST', url })
    expect(status).toBe(200)
    expect(data).toMatchObject({
      id: subtask,
      name: 'Do io bench',
      runTime: 2,
      status: 'READY',
      operation: 'RETRY',
    })
  })

  test('…/subtasks/{id}/skip and …/cancel answer without data', async () => {
    const subtask = await failAt(7)
    const call = (name: string, id: number) =>
      api.call({ method: 'POST', url: `${prefix}/${task.id}/subtasks/${id}/${name}` })
    const skipped = await call('skip', subtask)
    expect(skipped).toMatchObject({ status: 200, successful: true })
    expect(skipped).not.toHaveProperty('data')
    const next = task.tasks[8]?.id ?? 0
    await setSubtask(api.db, next, { status: 'RUNNING' })
    const cancelled = await call('cancel', next)
    expect(cancelled).toMatchObject({ status: 200, successful: true })
    expect(await api.store.tasks.subtask(task.id, next)).toMatchObject({
      status: 'CANCELING',
      operation: 'CANCEL',
    })
  })
})

describe('a task operation', () => {
  const retry = (extra: object = {}) =>
    api.call({ method: 'POST', url: `/api/v2/tasks/instances/${task.id}/retry`, ...extra })

  test('takes no body, an empty one or JSON, as clients of OCP send it along', async () => {
    const json = { 'content-type': 'application/json' }
    const text = { headers: { 'content-type': 'text/plain' } }
    for (const extra of [{}, { headers: json }, { headers: json, body: '{}' }, text]) {
      await failAt(7)
      expect((await retry(extra)).status).toBe(200)
    }
  })

  test('on a task, a subtask or a pair of both that does not exist is 404', async () => {
    for (const url of [
      '77/retry',
      '77/rollback',
      `77/subtasks/1/skip`,
      `${task.id}/subtasks/99999/cancel`,
    ]) {
      const reply = await api.call({ method: 'POST', url: `/api/v2/tasks/instances/${url}` })
      expect(reply).toMatchObject({ status: 404, error: { code: 'TSK10001' } })
    }
  })

  test('that the state does not allow is 400 and says which subtask is in which state', async () => {
    const subtask = task.tasks[7]?.id
    const reply = await api.call({
      method: 'POST',
      url: `/api/v2/tasks/instances/${task.id}/subtasks/${subtask}/retry`,
    })
    expect(reply).toMatchObject({ status: 400, successful: false, error: { code: 'TSK10007' } })
    expect(reply.error?.message).toContain(`${task.id}/${subtask} "Do io bench"`)
    expect(reply.error?.message).toContain('in state PENDING')
  })

  test('that the plan forbids is 400', async () => {
    const subtask = await failAt(0)
    const reply = await api.call({
      method: 'POST',
      url: `/api/v2/tasks/${task.id}/subtasks/${subtask}/skip`,
    })
    expect(reply).toMatchObject({ status: 400, error: { code: 'TSK10010' } })
  })

  test('on a task that has ended is refused with how it ended', async () => {
    await setTask(api.db, task.id, 'SUCCESSFUL')
    const reply = await retry()
    expect(reply).toMatchObject({ status: 400, error: { code: 'TSK10007' } })
    expect(reply.error?.message).toContain('in state SUCCESSFUL')
  })

  test('is accepted while Temporal is down, and Temporal is told when it is back', async () => {
    await failAt(7)
    api.engine.away = true
    expect((await retry()).status).toBe(200)
    await api.launcher.settled()
    expect(api.started).toEqual([])
    api.engine.away = false
    await api.launcher.sweep()
    await api.launcher.settled()
    expect(api.started.map(({ taskId }) => taskId)).toContain(task.id)
    expect(await api.store.tasks.untold()).toEqual([])
  })

  test('of forty clicks at once one counts, and none is answered 5xx', async () => {
    await failAt(7)
    const replies = await Promise.all(Array.from({ length: 40 }, () => retry()))
    expect(replies.map(({ status }) => status).sort()).toEqual([200, ...Array(39).fill(400)])
  })
})

describe('a task whose run Temporal no longer has', () => {
  test('is told again while it should be at work, and left alone while it waits for an operator', async () => {
    api.started.length = 0
    api.engine.run = undefined
    await api.launcher.reconcile()
    expect(api.started.map(({ taskId }) => taskId)).toContain(task.id)
    await failAt(7)
    await api.launcher.reconcile()
    expect(api.started.map(({ taskId }) => taskId)).not.toContain(task.id)
  })
})

describe('a task that has moved since the last comparison', () => {
  test('has a run that goes on: Temporal is not asked for it, until it stands still', async () => {
    api.engine.run = undefined
    await api.launcher.reconcile()
    api.started.length = 0
    await api.db.update(tasks).set({ revision: 5 })
    await api.launcher.reconcile()
    expect(api.started).toEqual([])
    await api.launcher.reconcile()
    expect(api.started.map(({ taskId }) => taskId)).toContain(task.id)
  })
})

describe('a task whose run does not go on', () => {
  const idle = {
    runId: 'a',
    events: 9,
    foreign: false,
    paused: false,
    stepAttempt: undefined,
    pending: [] as string[],
  }
  const told = () => api.started.map(({ taskId }) => taskId).filter((id) => id === task.id)
  const look = async (run: Partial<RunLook>) => {
    api.engine.run = { ...idle, ...run }
    await api.launcher.reconcile()
  }
  beforeEach(() => {
    api.started.length = 0
  })

  test.each([
    ['with nothing under way', {}],
    ['that does something else', { pending: ['cleanObserverHost'] }],
    ['whose step fails again and again', { stepAttempt: 5, pending: ['prepareInstallCluster'] }],
    ['of somebody else', { foreign: true, stepAttempt: 1 }],
    ['that is paused', { paused: true, pending: ['prepareInstallCluster'] }],
  ])('is replaced at the second look: one %s', async (_, run) => {
    await look(run)
    expect(told()).toEqual([])
    await look(run)
    expect(told()).toEqual([task.id])
    // The new run is looked at twice, too.
    await look({ ...run, runId: 'b' })
    expect(told()).toEqual([task.id])
  })

  test.each([
    ['does what is due', [{ pending: ['prepareInstallCluster'] }]],
    ['waits for a worker', [{ stepAttempt: 1 }]],
    ['goes on between two looks', [{ events: 9 }, { events: 12 }, { events: 15 }]],
  ])('is none that %s', async (_, runs) => {
    for (const run of [...runs, ...runs]) await look(run)
    expect(told()).toEqual([])
  })
})

describe('a rollback', () => {
  const rollback = (username: string) =>
    api.call({
      method: 'POST',
      url: `/api/v2/tasks/${task.id}/rollback`,
      headers: { authorization: basic(username, 'role-password') },
    })
  const aUser = async (username: string, roles: readonly string[]) => {
    const passwordHash = await hashPassword(new Secret('role-password'))
    await api.store.users.create({ username, roles: [...roles], passwordHash })
  }

  test('needs the right to delete what the task made, and not only the one to operate tasks', async () => {
    await aUser('operator', ['TASK_MANAGER'])
    await aUser('owner', ['CLUSTER_MANAGER'])
    await failAt(7)
    const before = await api.store.tasks.get(task.id)
    expect(await rollback('operator')).toMatchObject({ status: 403, error: { code: 'IAM11000' } })
    expect(await api.store.tasks.get(task.id)).toEqual(before)
    expect((await rollback('owner')).status).toBe(200)
  })

  test('that skips a step needs that right as well', async () => {
    await aUser('operator', ['TASK_MANAGER'])
    const skip = () =>
      api.call({
        method: 'POST',
        url: `/api/v2/tasks/${task.id}/subtasks/${task.tasks[7]?.id}/skip`,
        headers: { authorization: basic('operator', 'role-password') },
      })
    await failAt(7)
    expect((await skip()).status).toBe(200)
    await failAt(7)
    await api.db.update(tasks).set({ operation: 'ROLLBACK' })
    expect(await skip()).toMatchObject({ status: 403, error: { code: 'IAM11000' } })
  })

  test('of a cluster that is in use is refused before the run hears of it', async () => {
    await failAt(7)
    await api.store.clusters.setStatus(1, 'RUNNING')
    const reply = await api.call({ method: 'POST', url: `/api/v2/tasks/${task.id}/rollback` })
    expect(reply).toMatchObject({ status: 409, error: { code: 'COM10005' } })
    expect(reply.error?.message).toContain('DELETE /api/v2/ob/clusters/1')
    expect(await api.store.tasks.get(task.id)).toMatchObject({
      status: 'FAILED',
      operation: 'EXECUTE',
    })
  })
})

describe('…/subtasks', () => {
  const path = () => `/api/v2/tasks/instances/${task.id}/subtasks`
  const idsOf = async (query: string): Promise<unknown> => {
    const { data } = await api.get(`${path()}?${query}`)
    const { contents, page } = data as { contents: { id: number }[]; page: unknown }
    return { ids: contents.map(({ id }) => id), page }
  }

  test('pages in the order of the plan, each subtask as the whole task shows it', async () => {
    const whole = (await api.get(`/api/v2/tasks/instances/${task.id}`)).data as {
      subtasks: unknown[]
    }
    const { data } = await api.get(`${path()}?size=10&page=3`)
    expect(data).toEqual({
      contents: whole.subtasks.slice(20),
      page: { number: 3, size: 10, totalElements: 23, totalPages: 3 },
    })
  })
  test('those that failed, of one host, or in another order', async () => {
    const failed = await failAt(7)
    const page = { number: 1, size: 10, totalElements: 1, totalPages: 1 }
    expect(await idsOf('status=FAILED')).toEqual({ ids: [failed], page })
    const ofHost = await idsOf('hostId=1&name=install&sort=id,desc&size=1')
    expect(ofHost).toEqual({
      ids: [task.tasks[3]?.id],
      page: { ...page, size: 1, totalElements: 2, totalPages: 2 },
    })
    expect(await idsOf('zone=none')).toEqual({
      ids: [],
      page: { ...page, totalElements: 0, totalPages: 0 },
    })
  })
  test('of a task that is not there are refused', async () => {
    const reply = await api.get('/api/v2/tasks/instances/999/subtasks')
    expect(reply).toMatchObject({ status: 404, error: { code: 'TSK10001' } })
  })
})
