import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { Refused } from '../../src/errors/refused.ts'
import { say } from '../../src/errors/say.ts'
import { createClusterPlan } from '../../src/operations/createCluster.ts'
import type { NewCluster } from '../../src/operations/index.ts'
import { Secret } from '../../src/quote.ts'
import { databases, type TestStore } from './database.ts'
import {
  addHosts,
  addMoreHosts,
  creator,
  newCluster,
  packageNamed,
  sampleRpm,
} from './inventory.ts'

describe.each(databases)('accepting a cluster on $name', ({ open }) => {
  let opened: TestStore
  beforeAll(async () => {
    opened = await open()
  })
  afterAll(() => opened.close())
  beforeEach(async () => {
    await opened.reset()
    await addHosts(opened.store, 20)
    await opened.store.packages.create(packageNamed(sampleRpm))
  })

  const accept = (change: Partial<NewCluster> = {}) =>
    opened.operations.acceptCluster({ request: newCluster(change), creator })
  const codeOf = (error: unknown) => (error instanceof Refused ? error.findings[0].code : error)

  test('two addresses of one machine are refused in one cluster, and named', async () => {
    const machine = { machineId: 'c0ffee', bootId: 'boot-1' }
    for (const id of [1, 3]) await opened.store.hosts.setMachine(id, machine)
    await opened.store.hosts.setMachine(2, { ...machine, bootId: 'boot-of-a-clone' })
    const zones = [
      { name: 'zone1', idcName: 'hz2', servers: [1, 2] },
      { name: 'zone2', idcName: 'hz2', servers: [3] },
    ]
    const error = await accept({ zones }).catch((refused: unknown) => refused)
    expect(error instanceof Refused && error.findings).toEqual([
      {
        code: 'CMP07010',
        args: [say`${'10.0.0.3'} (the same machine as ${'10.0.0.1'})`, 'OB_CLUSTER'],
        field: 'zones[1].servers[0]',
        rejected: 3,
      },
    ])
  })

  test('reserves the hosts and writes cluster, secret, task and subtasks', async () => {
    const { task } = await accept()
    expect(task.subtasks).toHaveLength(23)
    expect(task.subtasks.map((subtask) => subtask.id)).toEqual(
      task.subtasks.map((_, index) => task.firstSubtaskId + index),
    )
    const host = await opened.store.hosts.get(1)
    expect(host?.status).toBe('ONLINE')
    expect(host?.services).toMatchObject([
      { type: 'OB_CLUSTER', name: 'terran:1', version: '2.2.73' },
    ])
    expect((await opened.store.secrets.get('cluster/1/root')).reveal()).toBe('root-password')
    expect(await opened.store.clusters.spec(1)).toMatchObject({
      name: 'terran',
      obClusterId: 1,
      paths: { install: '/home/admin/oceanbase', data: '/data/1', log: '/data/log1' },
      zones: [
        {
          name: 'zone1',
          regionName: 'hangzhou',
          servers: [{ hostId: 1, ip: '10.0.0.1', zone: 'zone1', rootServer: true }],
        },
      ],
    })
    expect(await opened.store.tasks.open(task.id, task.workflowId)).toMatchObject({
      run: {
        hosts: [{ id: 1, ip: '10.0.0.1' }],
        zones: ['zone1'],
        clusterName: 'terran',
        plan: createClusterPlan,
      },
      task: { status: 'RUNNING', operation: 'EXECUTE' },
      changes: [{ index: 0, status: 'READY', operation: 'EXECUTE', runTime: 1 }],
    })
  })

  test('writes a task of more subtasks than one statement takes', async () => {
    await addMoreHosts(opened.store, { count: 200, idcId: 1, network: '10.1' })
    const servers = Array.from({ length: 200 }, (_, index) => index + 21)
    const { task } = await accept({ zones: [{ name: 'zone1', idcName: 'hz2', servers }] })
    expect(task.subtasks).toHaveLength(23 + 6 * 199)
    expect((await opened.store.tasks.get(task.id))?.subtasks.map(({ id }) => id)).toEqual(
      task.subtasks.map(({ id }) => id),
    )
    expect((await opened.store.clusters.spec(1))?.zones[0]?.servers).toHaveLength(200)
  })

  test('of twenty requests for one name and twenty hosts one is accepted', async () => {
    const answers = await Promise.allSettled(
      Array.from({ length: 20 }, (_, index) =>
        accept({ zones: [{ name: 'zone1', idcName: 'hz2', servers: [index + 1] }] }),
      ),
    )
    const refusals = answers.flatMap((answer) =>
      answer.status === 'rejected' ? [codeOf(answer.reason)] : [],
    )
    expect(refusals).toEqual(Array(19).fill('OBE11014'))
    const page = await opened.store.hosts.list({ status: ['ONLINE'] }, { page: 1, size: 100 })
    expect(page.total).toBe(1)
  })

  test('of twenty requests for one host under twenty names one is accepted', async () => {
    const answers = await Promise.allSettled(
      Array.from({ length: 20 }, (_, index) => accept({ name: `name${index}` })),
    )
    const refusals = answers.flatMap((answer) =>
      answer.status === 'rejected' ? [codeOf(answer.reason)] : [],
    )
    expect(refusals).toEqual(Array(19).fill('CMP07004'))
    expect((await opened.store.clusters.list({}, { page: 1, size: 10 })).total).toBe(1)
  })

  test('crosswise requests for two hosts do not wait for each other', async () => {
    const pair = (name: string, servers: number[]) =>
      accept({ name, zones: [{ name: 'zone1', idcName: 'hz2', servers }] })
    const answers = await Promise.allSettled([
      pair('left', [1, 2]),
      pair('right', [2, 1]),
      pair('third', [3, 4]),
    ])
    expect(answers.map((answer) => answer.status).sort()).toEqual([
      'fulfilled',
      'fulfilled',
      'rejected',
    ])
  })

  test('a refused request leaves nothing, not even a number', async () => {
    await accept()
    const before = await opened.dump()
    await expect(accept({ name: 'other' })).rejects.toThrow(Refused)
    expect(await opened.dump()).toEqual(before)
    const second = await accept({
      name: 'other',
      zones: [{ name: 'zone1', idcName: 'hz2', servers: [2] }],
    })
    expect(second.task).toMatchObject({ clusterId: 2, firstSubtaskId: expect.any(Number) })
  })

  test('releasing it makes the same request acceptable again, and can be done twice', async () => {
    const { task } = await accept({ proxyroPassword: new Secret('proxyro-password') })
    await opened.store.clusters.release(1)
    await opened.store.clusters.release(1)
    expect(await opened.store.hosts.get(1)).toMatchObject({ status: 'AVAILABLE', services: [] })
    await expect(opened.store.secrets.get('cluster/1/root')).rejects.toThrow('is not in the store')
    expect(await opened.store.tasks.get(task.id)).toMatchObject({
      clusterId: 1,
      clusterName: 'terran',
    })
    expect((await accept()).task.clusterId).toBe(2)
  })

  test('a client token answers the same request with the same task and refuses another one', async () => {
    const clientToken = { token: 'token-0001', body: '{"name":"terran"}' }
    const first = await opened.operations.acceptCluster({
      request: newCluster(),
      creator,
      clientToken,
    })
    const again = await opened.operations.acceptCluster({
      request: newCluster(),
      creator,
      clientToken,
    })
    expect(again).toMatchObject({ again: true, task: { id: first.task.id } })
    const other = opened.operations.acceptCluster({
      request: newCluster(),
      creator,
      clientToken: { ...clientToken, body: '{}' },
    })
    await expect(other).rejects.toMatchObject({
      findings: [{ code: 'COM10005', field: 'clientToken' }],
    })
  })

  test('no secret can be read in the tables', async () => {
    await accept({
      password: new Secret('Very-secret-root'),
      proxyroPassword: new Secret('Very-secret-proxyro'),
    })
    const text = JSON.stringify(await opened.dump())
    for (const secret of ['Very-secret-root', 'Very-secret-proxyro', 'host-passphrase']) {
      expect(text).not.toContain(secret)
      expect(text).not.toContain(Buffer.from(secret).toString('base64').slice(0, 12))
    }
  })
})
