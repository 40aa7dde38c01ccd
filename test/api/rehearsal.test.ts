import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { setSubtask, setTask } from '../store/taskRows.ts'
import { byUrl, carryOut, created, fill, onHost, openReachable, path } from './obproxyScene.ts'
import type { TestApi } from './server.ts'

describe('with dryRun=true', () => {
  let api: TestApi
  let before: Awaited<ReturnType<TestApi['dump']>>
  beforeAll(async () => {
    api = await openReachable()
  })
  afterAll(() => api.close())
  beforeEach(async () => {
    await fill(api)
    for (const run of [...api.started]) await carryOut(api, run)
    await created(api, { ...byUrl, ...onHost(), obLinks: [{ clusterName: 'hooray' }] })
    before = await api.dump()
    api.started.length = 0
  })

  const unchanged = async () => {
    await api.launcher.settled()
    expect(api.started).toEqual([])
    expect(await api.dump()).toEqual(before)
  }

  test('a deletion of a cluster names what it would remove from which host, and removes nothing', async () => {
    const reply = await api.remove('/api/v2/ob/clusters/2?dryRun=true')
    expect(reply).toMatchObject({
      status: 200,
      data: {
        id: null,
        name: 'Delete primary OB cluster',
        admission: [],
        hosts: [
          {
            change: 'REMOVE',
            hostId: 2,
            hostIp: '10.0.0.2',
            processes: ['observer'],
            paths: ['/home/admin/oceanbase/store/zerg', '/data/1/zerg', '/data/log1/zerg'],
            packages: ['oceanbase-4.2.1.8-108000022024072217.el7.x86_64'],
            ports: [2881, 2882],
          },
        ],
        tasks: [
          { id: 1, name: 'Prepare delete cluster', upstreams: [], downstreams: [2] },
          { id: 2, name: 'Stop ocp agent service', hostIp: '10.0.0.2' },
          { id: 3 },
          { id: 4 },
          { id: 5, name: 'Delete cluster info' },
          { id: 6, name: 'Unreserve host', downstreams: [] },
        ],
      },
    })
    await unchanged()
  })

  test('a deletion of an OBProxy cluster names what it would remove', async () => {
    expect((await api.remove(`${path}/1?dryRun=true`)).data).toMatchObject({
      name: 'Offline obproxy',
      hosts: [
        {
          change: 'REMOVE',
          hostIp: '10.0.0.3',
          processes: ['obproxy'],
          paths: ['/opt/taobao/install/obproxy-4.2.1.0'],
          packages: ['obproxy-4.2.1.0-11.el7.x86_64'],
          ports: [2883, 2884],
        },
      ],
    })
    await unchanged()
  })

  test('a create of an OBProxy cluster names what it would make', async () => {
    const body = {
      ...byUrl,
      name: 'other',
      clientToken: 'only-asked-1',
      obproxyInstallParam: { hostIds: [4, 5] },
    }
    expect((await api.post(`${path}?dryRun=true`, body)).data).toMatchObject({
      name: 'Install obproxy',
      hosts: [
        { change: 'MAKE', hostIp: '10.0.0.4' },
        { change: 'MAKE', hostIp: '10.0.0.5', packages: ['obproxy-4.2.1.0-11.el7.x86_64'] },
      ],
    })
    await unchanged()
  })

  test('links and their end are named, and neither made nor ended', async () => {
    expect(
      (await api.post(`${path}/1/obLinks/batchAdd?dryRun=true`, [{ clusterName: 'zerg' }])).data,
    ).toMatchObject({
      hosts: [],
      tasks: [{ name: 'Link obproxy' }],
    })
    expect((await api.remove(`${path}/1/obLinks/hooray?dryRun=true`)).data).toMatchObject({
      tasks: [{ name: 'Unlink obproxy' }],
    })
    await unchanged()
  })

  test('a rollback names what it would undo, and where', async () => {
    const { contents } = await api.store.tasks.list({ clusterName: 'zerg' }, { page: 1, size: 1 })
    const task = await api.store.tasks.get(contents[0]?.id ?? 0)
    if (!task) throw new Error('no task')
    const install = task.subtasks.find(({ activity }) => activity === 'installRpm')
    for (const { id } of task.subtasks.slice(0, (install?.index ?? 0) + 1))
      await setSubtask(api.db, id, { status: id === install?.id ? 'FAILED' : 'SUCCESSFUL' })
    await setTask(api.db, task.id, 'FAILED')
    await api.store.clusters.setStatus(2, 'CREATING')
    before = await api.dump()
    const reply = await api.post(`/api/v2/tasks/${task.id}/rollback?dryRun=true`, {})
    expect(reply.data).toMatchObject({
      admission: [],
      id: null,
      tasks: [{ name: 'Prepare install cluster' }, { name: 'Install rpm' }],
      hosts: [{ change: 'REMOVE', processes: ['observer'] }],
    })
    await unchanged()
    await setTask(api.db, task.id, 'RUNNING')
    expect(
      (await api.post(`/api/v2/tasks/${task.id}/rollback?dryRun=true`, {})).data,
    ).toMatchObject({
      admission: [{ code: 'TSK10007' }],
      tasks: [],
    })
  })

  test('what speaks against a call is in the answer; what is not there is 404', async () => {
    await api.store.clusters.setStatus(2, 'CREATING')
    before = await api.dump()
    expect((await api.remove('/api/v2/ob/clusters/2?dryRun=true')).data).toMatchObject({
      admission: [{ code: 'OBE11007' }],
      name: null,
      tasks: [],
    })
    expect(await api.remove('/api/v2/ob/clusters/77?dryRun=true')).toMatchObject({
      status: 404,
      error: { code: 'OBE11001' },
    })
    await unchanged()
  })

  test('false carries the call out', async () => {
    expect((await api.remove('/api/v2/ob/clusters/2?dryRun=false')).data).toMatchObject({
      clusterId: 2,
      status: 'RUNNING',
    })
    expect(await api.store.clusters.get(2)).toMatchObject({ status: 'DELETING' })
  })
})
