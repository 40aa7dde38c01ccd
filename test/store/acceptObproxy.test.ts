import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { Refused } from '../../src/errors/refused.ts'
import type { NewObproxy } from '../../src/operations/index.ts'
import { Secret } from '../../src/quote.ts'
import { databases, type TestStore } from './database.ts'
import { addHosts, creator, newCluster, packageNamed, sampleRpm } from './inventory.ts'
import { setTask } from './taskRows.ts'

const request = (change: Partial<NewObproxy> = {}): NewObproxy => ({
  name: 'odp',
  port: 2883,
  workMode: 'CONFIG_URL',
  configUrl: 'http://10.0.0.9:8080/services',
  hostIds: [2],
  sqlPort: 2883,
  exporterPort: 2884,
  links: [],
  startupParameters: [],
  parameters: [],
  ...change,
})

describe.each(databases)('accepting an OBProxy cluster on $name', ({ open }) => {
  let opened: TestStore
  beforeAll(async () => {
    opened = await open()
  })
  afterAll(() => opened.close())
  beforeEach(async () => {
    await opened.reset()
    await addHosts(opened.store, 4)
    for (const rpm of [sampleRpm, 'obproxy-4.2.1.0-11.el7.x86_64.rpm'])
      await opened.store.packages.create(packageNamed(rpm))
    create = (await opened.operations.acceptCluster({ request: newCluster(), creator })).task
    await opened.store.clusters.setStatus(1, 'RUNNING')
  })
  let create: { readonly id: number }
  const finish = (
    { id }: { readonly id: number },
    status: 'SUCCESSFUL' | 'FAILED' = 'SUCCESSFUL',
  ) => setTask(opened.db, id, status)

  const accept = (change: Partial<NewObproxy> = {}) =>
    opened.operations.acceptObproxy({ request: request(change), creator })
  const outcomes = async (attempts: readonly Promise<unknown>[]) => {
    const settled = await Promise.allSettled(attempts)
    const codes = settled.flatMap((each) =>
      each.status === 'rejected'
        ? [each.reason instanceof Refused ? each.reason.findings[0].code : String(each.reason)]
        : [],
    )
    return { accepted: settled.length - codes.length, codes: [...new Set(codes)] }
  }

  test('of ten requests for one name one is accepted, and of ten for one host', async () => {
    const ten = Array.from({ length: 10 }, (_, index) => index)
    expect(await outcomes(ten.map(() => accept({ hostIds: [] })))).toEqual({
      accepted: 1,
      codes: ['COM10006'],
    })
    const onOneHost = ten.map((index) => accept({ name: `odp${index}` }))
    expect(await outcomes(onOneHost)).toEqual({ accepted: 1, codes: ['CMP07004'] })
  })

  test('of links asked for at the same time one task makes its own, the others wait their turn', async () => {
    await finish(await accept({ hostIds: [] }))
    await finish(create)
    await opened.store.obproxy.setStatus(1, 'RUNNING')
    const link = () =>
      opened.operations.acceptLinks({
        obproxyClusterId: 1,
        wanted: [{ clusterName: 'terran' }],
        creator,
      })
    expect(await outcomes([link(), link(), link()])).toEqual({ accepted: 1, codes: ['COM10005'] })
    expect((await opened.store.obproxy.get(1))?.links).toMatchObject([
      { clusterName: 'terran', state: 'CHANGING' },
    ])
  })

  test('what is released is as it was, and the same request is accepted again', async () => {
    const before = await opened.dump()
    await accept({ password: new Secret('Hidden-word-1'), links: [{ clusterId: 1 }] })
    expect(JSON.stringify(await opened.dump())).not.toContain('Hidden-word-1')
    await opened.store.obproxy.release(1)
    await opened.store.obproxy.release(1)
    const after = await opened.dump()
    for (const table of [
      'obproxy_clusters',
      'obproxy_servers',
      'obproxy_links',
      'host_services',
      'secrets',
    ])
      expect(after[table]).toEqual(before[table])
    expect(await opened.store.hosts.get(2)).toMatchObject({ status: 'AVAILABLE' })
    expect((await accept()).name).toBe('Install obproxy')
  })

  const link = (clusterName: string, id = 1) =>
    opened.operations.acceptLinks({ obproxyClusterId: id, wanted: [{ clusterName }], creator })
  const another = (obproxyClusterIds: readonly number[], index = 3) =>
    opened.operations.acceptCluster({
      request: newCluster({
        name: `zerg${index}`,
        obproxyClusterIds,
        zones: [{ name: 'zone1', idcName: 'hz2', servers: [index] }],
      }),
      creator,
    })
  /** An OBProxy cluster that runs and serves terran. */
  const serving = async (workMode: 'CONFIG_URL' | 'RS_LIST') => {
    await finish(create)
    await finish(
      await accept({
        links: [{ clusterId: 1 }],
        ...(workMode === 'RS_LIST' && { workMode, configUrl: undefined }),
      }),
    )
    await opened.store.obproxy.settle(1, [1])
    await opened.store.obproxy.setStatus(1, 'RUNNING')
  }

  test('a task on its links keeps the clusters it serves from being deleted, until it has ended', async () => {
    await serving('CONFIG_URL')
    const task = await link('terran')
    const remove = () => opened.operations.acceptDelete({ clusterId: 1, creator })
    expect(await outcomes([remove()])).toEqual({ accepted: 0, codes: ['COM10005'] })
    await finish(task, 'FAILED')
    await expect(remove()).rejects.toThrow(
      `task ${task.id} "Link obproxy" is FAILED on OBProxy cluster odp: retry it or roll it back`,
    )
    await finish(task)
    expect((await remove()).workflow).toBe('deleteCluster')
  })

  test('neither it nor its links change while a create is still to link it', async () => {
    await serving('CONFIG_URL')
    const { task } = await another([1])
    const remove = () => opened.operations.acceptObproxyDelete({ obproxyClusterId: 1, creator })
    await expect(remove()).rejects.toThrow(
      `"Create primary OB cluster" is RUNNING on cluster zerg3: let it end first`,
    )
    await opened.store.clusters.setStatus(2, 'RUNNING')
    await expect(link('zerg3')).rejects.toThrow('on cluster zerg3: let it end first')
    await finish(task, 'FAILED')
    await expect(remove()).rejects.toThrow('retry it or roll it back first')
    await finish(task)
    expect((await remove()).workflow).toBe('deleteObproxyCluster')
  })

  test('nor while a deletion is still to unlink it', async () => {
    await serving('CONFIG_URL')
    const deletion = await opened.operations.acceptDelete({ clusterId: 1, creator })
    const unlink = () =>
      opened.operations.acceptUnlink({ obproxyClusterId: 1, wanted: 'terran', creator })
    await expect(unlink()).rejects.toThrow('let it end first')
    await expect(link('terran')).rejects.toThrow('only in state RUNNING')
    await finish(deletion, 'FAILED')
    await expect(
      opened.operations.acceptObproxyDelete({ obproxyClusterId: 1, creator }),
    ).rejects.toThrow('"Delete primary OB cluster" is FAILED on cluster terran: retry it first')
  })

  test('that works by RS_LIST is taken by one of two creates at once, and by none once it serves a cluster', async () => {
    await serving('RS_LIST')
    expect(await outcomes([another([1])])).toEqual({ accepted: 0, codes: ['COM10005'] })
    await finish(
      await opened.operations.acceptUnlink({ obproxyClusterId: 1, wanted: 'terran', creator }),
    )
    await opened.store.obproxy.unlink(1, [1])
    expect(await outcomes([another([1], 3), another([1], 4)])).toEqual({
      accepted: 1,
      codes: ['COM10005'],
    })
    expect(await outcomes([link('terran')])).toEqual({ accepted: 0, codes: ['COM10005'] })
  })

  test('of a link to a cluster and its deletion at the same time one is accepted', async () => {
    await serving('CONFIG_URL')
    const remove = () => opened.operations.acceptDelete({ clusterId: 1, creator })
    const { accepted, codes } = await outcomes([link('terran'), remove(), link('terran'), remove()])
    expect(accepted).toBe(1)
    for (const code of codes) expect(['COM10005', 'OBE11008', 'OBE11020']).toContain(code)
  })
})
