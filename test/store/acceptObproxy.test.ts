import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { Refused } from '../../src/errors/refused.ts'
import { Secret } from '../../src/quote.ts'
import type { NewObproxy } from '../../src/store/index.ts'
import { databases, type TestStore } from './database.ts'
import { addHosts, creator, newCluster, packageNamed, sampleRpm } from './inventory.ts'

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
    for (const rpm of [sampleRpm, 'obproxy-4.2.1.0-11.el7.x86_64.rpm']) await opened.store.packages.create(packageNamed(rpm))
    await opened.store.acceptCluster({ request: newCluster(), creator })
    await opened.store.clusters.setStatus(1, 'RUNNING')
  })

  const accept = (change: Partial<NewObproxy> = {}) => opened.store.acceptObproxy({ request: request(change), creator })
  const outcomes = async (attempts: readonly Promise<unknown>[]) => {
    const settled = await Promise.allSettled(attempts)
    const codes = settled.flatMap((each) =>
      each.status === 'rejected' ? [each.reason instanceof Refused ? each.reason.findings[0].code : String(each.reason)] : [],
    )
    return { accepted: settled.length - codes.length, codes: [...new Set(codes)] }
  }

  test('of ten requests for one name one is accepted, and of ten for one host', async () => {
    const ten = Array.from({ length: 10 }, (_, index) => index)
    expect(await outcomes(ten.map(() => accept({ hostIds: [] })))).toEqual({ accepted: 1, codes: ['COM10006'] })
    const onOneHost = ten.map((index) => accept({ name: `odp${index}` }))
    expect(await outcomes(onOneHost)).toEqual({ accepted: 1, codes: ['CMP07004'] })
  })

  test('of links asked for at the same time one task makes its own, the others wait their turn', async () => {
    await accept({ hostIds: [] })
    const task = await opened.store.obproxy.unfinishedTask(1)
    if (task) await opened.store.tasks.record([], { taskId: task.id, status: 'SUCCESSFUL', operation: 'EXECUTE', finished: true })
    await opened.store.obproxy.setStatus(1, 'RUNNING')
    const link = () => opened.store.acceptLinks({ obproxyClusterId: 1, wanted: [{ clusterName: 'terran' }], creator })
    expect(await outcomes([link(), link(), link()])).toEqual({ accepted: 1, codes: ['COM10005'] })
    expect((await opened.store.obproxy.get(1))?.links).toMatchObject([{ clusterName: 'terran', state: 'CHANGING' }])
  })

  test('what is released is as it was, and the same request is accepted again', async () => {
    const before = await opened.dump()
    await accept({ password: new Secret('Hidden-word-1'), links: [{ clusterId: 1 }] })
    expect(JSON.stringify(await opened.dump())).not.toContain('Hidden-word-1')
    await opened.store.obproxy.release(1)
    await opened.store.obproxy.release(1)
    const after = await opened.dump()
    for (const table of ['obproxy_clusters', 'obproxy_servers', 'obproxy_links', 'host_services', 'secrets'])
      expect(after[table]).toEqual(before[table])
    expect(await opened.store.hosts.get(2)).toMatchObject({ status: 'AVAILABLE' })
    expect((await accept()).name).toBe('Install obproxy')
  })
})
