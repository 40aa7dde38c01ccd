import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { addHosts, packageNamed, sampleRpm } from '../store/inventory.ts'
import { setSubtask, setTask } from '../store/taskRows.ts'
import request from './fixtures/createRequest.json' with { type: 'json' }
import { openApi, type TestApi } from './server.ts'

const clusters = '/api/v2/ob/clusters'

describe('a create with a client token', () => {
  let api: TestApi
  beforeAll(async () => {
    api = await openApi()
  })
  afterAll(() => api.close())
  beforeEach(async () => {
    await api.reset()
    await addHosts(api.store, 2)
    await api.store.packages.create(packageNamed(sampleRpm))
  })

  const create = (change: object = {}) =>
    api.post(clusters, { ...request, clientToken: 'token-0001', ...change })

  test('that is sent again is answered the same, and starts nothing new', async () => {
    const first = await create()
    const again = await create()
    expect([again.status, again.data]).toEqual([200, first.data])
    expect((await api.get(clusters)).data).toMatchObject({ page: { totalElements: 1 } })
    await api.launcher.settled()
    expect(new Set(api.started.map(({ taskId }) => taskId)).size).toBe(1)
  })

  test('that is sent again long after does not start the task anew: Temporal may have forgotten its run', async () => {
    await create()
    await api.launcher.settled()
    const before = api.started.length
    await create()
    await api.launcher.settled()
    expect([before, api.started.length]).toEqual([1, 1])
  })

  test('that is sent again after its task FAILED says so', async () => {
    const { id, tasks } = z
      .object({ id: z.int(), tasks: z.array(z.object({ id: z.int() })) })
      .parse((await create()).data)
    await setSubtask(api.db, tasks[0]?.id ?? 0, { status: 'FAILED' })
    await setTask(api.db, id, 'FAILED')
    expect((await create()).data).toMatchObject({
      id,
      status: 'FAILED',
      tasks: expect.arrayContaining([expect.objectContaining({ status: 'FAILED' })]),
    })
  })

  test('that is sent again with another body is refused, whatever the difference', async () => {
    await create()
    for (const change of [
      { name: 'another' },
      { password: 'another-word' },
      { zones: [{ ...request.zones[0], servers: [2] }] },
    ]) {
      const reply = await create(change)
      expect(reply).toMatchObject({
        status: 409,
        error: { code: 'COM10005', subErrors: [{ field: 'clientToken' }] },
      })
      expect(reply.text).not.toContain('another-word')
    }
  })

  test('that was refused may be mended and sent under the same token', async () => {
    expect((await create({ zones: [{ ...request.zones[0], servers: [99] }] })).status).toBe(404)
    expect((await create()).status).toBe(200)
  })

  test.each([
    [7, 400],
    [8, 200],
    [64, 200],
    [65, 400],
  ])('of %i characters is answered %i', async (length, status) => {
    expect((await create({ clientToken: 'x'.repeat(length) })).status).toBe(status)
  })
})
