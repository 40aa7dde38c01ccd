import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { hashPassword } from '../../src/api/password.ts'
import { Secret } from '../../src/quote.ts'
import { tasks } from '../../src/store/schema/index.ts'
import { addHosts, packageNamed, sampleRpm } from '../store/inventory.ts'
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

describe.each(prefixes)('%s', (prefix) => {
  const subtask = () => task.tasks[7]?.id

  test.each([
    ['retry', 'retryTask'],
    ['rollback', 'rollbackTask'],
  ])('…/%s asks the run and answers the task', async (call, operation) => {
    const { status, data } = await api.call({ method: 'POST', url: `${prefix}/${task.id}/${call}` })
    expect(status).toBe(200)
    expect(data).toMatchObject({ id: task.id, status: 'RUNNING', subtasks: { length: 23 }, creator: { name: 'admin' } })
    expect(api.asked).toEqual([{ taskId: task.id, operation }])
  })

  test('…/subtasks/{id}/retry asks the run and answers the subtask', async () => {
    const { status, data } = await api.call({ method: 'POST', url: `${prefix}/${task.id}/subtasks/${subtask()}/retry` })
    expect(status).toBe(200)
    expect(data).toMatchObject({ id: subtask(), name: 'Do io bench', runTime: 1, nodeType: 'JAVA_TASK' })
    expect(api.asked).toEqual([{ taskId: task.id, operation: 'retrySubtask', subtaskId: subtask() }])
  })

  test.each([
    ['skip', 'skipSubtask'],
    ['cancel', 'cancelSubtask'],
  ])('…/subtasks/{id}/%s asks the run and answers without data', async (call, operation) => {
    const reply = await api.call({ method: 'POST', url: `${prefix}/${task.id}/subtasks/${subtask()}/${call}` })
    expect(reply).toMatchObject({ status: 200, successful: true })
    expect(reply).not.toHaveProperty('data')
    expect(api.asked).toEqual([{ taskId: task.id, operation, subtaskId: subtask() }])
  })
})

describe('a task operation', () => {
  const retry = (extra: object = {}) => api.call({ method: 'POST', url: `/api/v2/tasks/instances/${task.id}/retry`, ...extra })

  test('takes no body, an empty one or JSON, as clients of OCP send it along', async () => {
    const json = { 'content-type': 'application/json' }
    for (const extra of [{}, { headers: json }, { headers: json, body: '{}' }, { headers: { 'content-type': 'text/plain' } }])
      expect((await retry(extra)).status).toBe(200)
  })

  test('on a task, a subtask or a pair of both that does not exist is 404', async () => {
    for (const url of ['77/retry', '77/rollback', `77/subtasks/1/skip`, `${task.id}/subtasks/99999/cancel`]) {
      const reply = await api.call({ method: 'POST', url: `/api/v2/tasks/instances/${url}` })
      expect(reply).toMatchObject({ status: 404, error: { code: 'TSK10001' } })
    }
    expect(api.asked).toEqual([])
  })

  test('that the state does not allow is 400 and says which subtask is in which state', async () => {
    api.engine.answer = { code: 'TSK10007', args: ['7', 'RUNNING'] }
    const subtask = task.tasks[7]?.id
    const reply = await api.call({ method: 'POST', url: `/api/v2/tasks/instances/${task.id}/subtasks/${subtask}/retry` })
    expect(reply).toMatchObject({ status: 400, successful: false, error: { code: 'TSK10007' } })
    expect(reply.error?.message).toContain(`${task.id}/${subtask} "Do io bench"`)
    expect(reply.error?.message).toContain('in state RUNNING')
  })

  test('that the plan forbids is 400', async () => {
    api.engine.answer = { code: 'TSK10009', args: ['task'] }
    expect(await retry()).toMatchObject({ status: 400, error: { code: 'TSK10009' } })
  })

  test('on a run that has ended is refused with how it ended', async () => {
    await api.store.tasks.record([], { taskId: task.id, status: 'SUCCESSFUL', operation: 'EXECUTE', finished: true })
    api.engine.answer = 'ended'
    const reply = await retry()
    expect(reply).toMatchObject({ status: 400, error: { code: 'TSK10007' } })
    expect(reply.error?.message).toContain('in state SUCCESSFUL')
  })

  test('without an engine is 503 in the envelope, and says when to come back', async () => {
    api.engine.answer = 'away'
    const reply = await retry()
    expect(reply).toMatchObject({ status: 503, successful: false, error: { code: 'COM10004' } })
    expect(Number(reply.headers['retry-after'])).toBeGreaterThan(0)
  })

  test('on a task that was accepted but never started starts it first', async () => {
    const start = { workflow: 'createCluster', taskId: task.id }
    expect((await retry()).status).toBe(200)
    expect(api.started).toEqual([start])
    await api.db.update(tasks).set({ started: false })
    expect((await retry()).status).toBe(200)
    expect(api.started).toEqual([start, start])
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
    expect(await rollback('operator')).toMatchObject({ status: 403, error: { code: 'IAM11000' } })
    expect(api.asked).toEqual([])
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
    expect((await skip()).status).toBe(200)
    await api.store.tasks.record([], { taskId: task.id, status: 'FAILED', operation: 'ROLLBACK' })
    expect(await skip()).toMatchObject({ status: 403, error: { code: 'IAM11000' } })
  })

  test('of a cluster that is in use is refused before the run hears of it', async () => {
    await api.store.tasks.record([], { taskId: task.id, status: 'FAILED', operation: 'EXECUTE' })
    await api.store.clusters.setStatus(1, 'RUNNING')
    const reply = await api.call({ method: 'POST', url: `/api/v2/tasks/${task.id}/rollback` })
    expect(reply).toMatchObject({ status: 409, error: { code: 'COM10005' } })
    expect(reply.error?.message).toContain('DELETE /api/v2/ob/clusters/1')
    expect(api.asked).toEqual([])
  })
})
