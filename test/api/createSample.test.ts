import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { addHosts, addMoreHosts, packageNamed, sampleRpm } from '../store/inventory.ts'
import request from './fixtures/createRequest.json' with { type: 'json' }
import sample from './fixtures/createResponse.json' with { type: 'json' }
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
const created = z.strictObject({
  cluster: z.strictObject({ id: z.number(), name: z.string(), obClusterId: z.number() }),
  clusterId: z.number(),
  context: z.string(),
  creator: z.strictObject({ id: z.number(), name: z.string() }),
  id: z.number(),
  name: z.string(),
  startTime: z.string(),
  status: z.string(),
  tasks: z.array(subtask),
})
type Subtask = z.infer<typeof subtask>

/** The chain of a one-host task from its root, each node by what does not depend on ids. */
function chain(subtasks: readonly Subtask[]) {
  const byId = new Map(subtasks.map((node) => [node.id, node]))
  const nodes: Omit<Subtask, 'id' | 'upstreams' | 'downstreams'>[] = []
  let node = subtasks.find((candidate) => candidate.upstreams.length === 0)
  while (node) {
    const { id, upstreams: _, downstreams, ...facts } = node
    nodes.push(facts)
    const next = downstreams.length === 1 ? byId.get(downstreams[0] ?? 0) : undefined
    if (next) expect(next.upstreams).toEqual([id])
    node = next
  }
  return nodes
}

function readContext(text: string): {
  stringMap: Record<string, string>
  listMap: Record<string, string>
} {
  const [, strings = '', lists = ''] =
    /^Context\(parallelIdx=-1, stringMap=\{(.*)\}, listMap=\{(.*)\}\)$/.exec(text) ?? []
  const map = (entries: string, separator: RegExp) =>
    Object.fromEntries(
      entries
        .split(separator)
        .map((entry) => [entry.split('=')[0], entry.slice(entry.indexOf('=') + 1)]),
    )
  return { stringMap: map(strings, /, (?=[\w.]+=)/), listMap: map(lists, /, (?=[\w.]+=\[)/) }
}

describe("OCP's sample of creating a cluster", () => {
  let api: TestApi
  let text: string
  let reply: Awaited<ReturnType<TestApi['post']>>
  let task: z.infer<typeof created>
  beforeAll(async () => {
    api = await openApi()
    await api.reset()
    await addHosts(api.store, 1)
    await api.store.packages.create(packageNamed(sampleRpm))
    reply = await api.post('/api/v2/ob/clusters', request)
    text = reply.text
    task = created.parse(reply.data)
  })
  afterAll(() => api.close())

  test('is answered with the fields of the envelope, in order', () => {
    expect(reply.status).toBe(sample.status)
    expect(Object.keys(JSON.parse(text))).toEqual(Object.keys(sample))
    expect(reply.timestamp).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}[+-]\d\d:\d\d$/)
    expect(reply.traceId).toMatch(/^[0-9a-f]{16}$/)
  })

  test('is answered with the fields of the task, in order, and the cluster id beside them', () => {
    expect(Object.keys(task).filter((key) => key !== 'clusterId')).toEqual(Object.keys(sample.data))
    expect(task).toMatchObject({
      name: sample.data.name,
      status: sample.data.status,
      creator: sample.data.creator,
    })
    expect(task.cluster).toEqual({ ...sample.data.cluster, id: task.clusterId })
    expect(task.startTime).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}[+-]\d\d:\d\d$/)
  })

  test('has the 23 subtasks with their edges, states and keys', () => {
    expect(chain(task.tasks)).toEqual(chain(sample.data.tasks))
    expect(chain(task.tasks)).toHaveLength(23)
    expect(task.tasks.map((node) => Object.keys(node))).toEqual(
      sample.data.tasks.map((node) => Object.keys(node)),
    )
    const ids = task.tasks.map((node) => node.id)
    expect(ids).toEqual(ids.map((_, index) => (ids[0] ?? 0) + index))
  })

  test("has the sample's context, save the ids and addresses of this system", () => {
    const ours = readContext(task.context)
    const theirs = readContext(sample.data.context)
    expect(ours).toEqual({
      stringMap: {
        ...theirs.stringMap,
        cluster_id: String(task.clusterId),
        ob_connect_address: '10.0.0.1',
      },
      listMap: { ...theirs.listMap, root_server_ips: '[10.0.0.1]' },
    })
  })

  test('starts the workflow of that task and nothing shows the password', async () => {
    await api.launcher.settled()
    expect(api.started).toMatchObject([
      {
        workflow: 'createCluster',
        workflowId: `create-cluster-terran-${task.id}`,
        taskId: task.id,
      },
    ])
    expect(await api.store.tasks.untold()).not.toContainEqual(
      expect.objectContaining({ taskId: task.id }),
    )
    expect(text).not.toContain(request.password)
    expect(JSON.stringify(await api.dump())).not.toContain(`"${request.password}"`)
  })

  test('reads back as the same task under both paths', async () => {
    const read = await api.get(`/api/v2/tasks/instances/${task.id}`)
    expect(read.data).toMatchObject({
      id: task.id,
      cluster: { ...task.cluster, type: 'PRIMARY' },
      creator: task.creator,
      operation: 'EXECUTE',
      prohibitRollback: false,
      status: 'RUNNING',
      taskDefinitionId: -1,
      type: 'MANUAL',
      subtasks: task.tasks
        .map(({ id, name, upstreams, downstreams }) => ({
          id,
          name,
          upstreams,
          downstreams,
          parallelIdx: -1,
        }))
        .map(({ parallelIdx: _, ...node }) => node),
    })
    expect((await api.get(`/api/v2/tasks/${task.id}`)).data).toEqual(read.data)
  })

  test('three zones add their own context keys and widen the plan', async () => {
    const [one = 0, two = 0, three = 0, four = 0] = await addMoreHosts(api.store, {
      count: 4,
      idcId: 1,
      network: '10.1',
    })
    const zones = [
      { name: 'zone1', idcName: 'hz2', servers: [one, two], rootServer: two },
      { name: 'zone2', idcName: 'hz2', servers: [three] },
      { name: 'zone3', idcName: 'hz2', servers: [four] },
    ]
    const body = { ...request, name: 'wide', primaryZone: 'zone2;zone1,zone3', zones }
    const wide = created.parse((await api.post('/api/v2/ob/clusters', body)).data)
    expect(wide.tasks).toHaveLength(23 + 6 * 3)
    expect(readContext(wide.context)).toMatchObject({
      stringMap: {
        'zone2.idc': 'hz2',
        'zone3.idc': 'hz2',
        primary_zone: 'zone2;zone1,zone3',
        ob_connect_address: '10.1.0.2',
      },
      listMap: {
        host_ids: `[${one}, ${two}, ${three}, ${four}]`,
        root_servers: `[${two}, ${three}, ${four}]`,
        'zone1.host_ids': `[${one}, ${two}]`,
        'zone3.host_ids': `[${four}]`,
        zone_names: '[zone1, zone2, zone3]',
      },
    })
  })

  test("the Terraform provider's form is taken: package by zone, capitalised attributes, a client token", async () => {
    const [host = 0] = await addMoreHosts(api.store, { count: 1, idcId: 1, network: '10.2' })
    const { rpmName, ...rest } = request
    const body = {
      ...rest,
      name: 'terraformed',
      zones: [
        {
          name: 'zone1',
          idcName: 'hz2',
          servers: [host],
          rpmName,
          architecture: 'x86_64',
          packageOperatingSystem: 'el7',
        },
      ],
      attributes: {
        InstallPath: '/opt/ob',
        SqlPort: 3881,
        SvrPort: 3882,
        OperatingSystemUser: 'ob',
      },
      startupParameters: [{ name: 'memory_limit', value: '8G' }],
      oversellingFactor: 100,
      clientToken: 'terraform-0001',
    }
    const first = created.parse((await api.post('/api/v2/ob/clusters', body)).data)
    const again = created.parse((await api.post('/api/v2/ob/clusters', body)).data)
    expect(again).toEqual(first)
    expect(await api.store.clusters.spec(first.clusterId)).toMatchObject({
      paths: { install: '/opt/ob', data: '/data/1', log: '/data/log1' },
      osUser: 'ob',
      sqlPort: 3881,
      rpcPort: 3882,
      startupParameters: [{ name: 'memory_limit', value: '8G' }],
    })
    expect((await api.get(`/api/v2/ob/clusters/${first.clusterId}`)).data).toMatchObject({
      fullVersion: '2.2.73-20201211175814',
      status: 'CREATING',
    })
    const other = await api.post('/api/v2/ob/clusters', { ...body, name: 'another' })
    expect(other).toMatchObject({
      status: 409,
      error: { code: 'COM10005', subErrors: [{ field: 'clientToken' }] },
    })
  })
})
