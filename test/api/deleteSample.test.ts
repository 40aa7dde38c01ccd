import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { addHosts, creator, newCluster, packageNamed, sampleRpm } from '../store/inventory.ts'
import { testOperations } from '../store/operations.ts'
import { setTask } from '../store/taskRows.ts'
import sample from './fixtures/deleteResponse.json' with { type: 'json' }
import { openApi, type TestApi } from './server.ts'

const subtask = z.strictObject({
  description: z.string(),
  downstreams: z.array(z.number()),
  id: z.number(),
  name: z.string(),
  operation: z.string(),
  status: z.string(),
  upstreams: z.array(z.number()),
})
const deleted = z.looseObject({
  context: z.string(),
  name: z.string(),
  status: z.string(),
  tasks: z.array(subtask),
})

/** A reply with its ids, times and order left out. */
const shape = (data: unknown) => {
  const { tasks, ...task } = deleted.parse(data)
  const nameOf = (id: number) => tasks.find((subtask) => subtask.id === id)?.name
  return {
    fields: Object.keys(task)
      .filter((field) => field !== 'clusterId')
      .toSorted(),
    nodes: tasks
      .map(({ id, upstreams, downstreams, ...facts }) => ({
        ...facts,
        upstreams: upstreams.map(nameOf),
        downstreams: downstreams.map(nameOf),
      }))
      .toSorted((one, other) => one.name.localeCompare(other.name)),
    contextKeys: task.context.match(/\w+(?==)/g)?.toSorted(),
    name: task.name,
    status: task.status,
  }
}

describe("OCP's sample of deleting a cluster", () => {
  let api: TestApi
  beforeAll(async () => {
    api = await openApi()
  })
  afterAll(() => api.close())
  beforeEach(async () => {
    await api.reset()
    await addHosts(api.store, 1)
    await api.store.packages.create(packageNamed(sampleRpm))
    const { task } = await testOperations(api.store).acceptCluster({
      request: newCluster(),
      creator,
    })
    await setTask(api.db, task.id, 'SUCCESSFUL')
    await api.store.clusters.setStatus(1, 'RUNNING')
  })
  const remove = () => api.remove('/api/v2/ob/clusters/1')

  test('is answered field by field, with the id of the cluster beside for those who poll', async () => {
    const { data, status } = await remove()
    expect(status).toBe(200)
    expect(shape(data)).toEqual(shape(sample.data))
    expect(data).toMatchObject({ clusterId: 1, cluster: { id: 1, name: 'terran', obClusterId: 1 } })
    expect(api.started).toMatchObject([{ workflow: 'deleteCluster' }])
  })

  test('shows the cluster as DELETING, refuses a second time, and is 404 once it is gone', async () => {
    await remove()
    const shown = await api.get('/api/v2/ob/clusters/1')
    expect(shown.data).toMatchObject({ status: 'DELETING' })
    expect(await remove()).toMatchObject({ status: 409, error: { code: 'OBE11020' } })
    await api.store.clusters.forget(1)
    expect(await remove()).toMatchObject({ status: 404, error: { code: 'OBE11001' } })
    expect(await api.get('/api/v2/ob/clusters/1')).toMatchObject({
      status: 404,
      error: { code: 'OBE11001' },
    })
  })
})
