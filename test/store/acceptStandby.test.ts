import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { Refused } from '../../src/errors/refused.ts'
import type { NewCluster } from '../../src/operations/index.ts'
import { Secret } from '../../src/quote.ts'
import { databases, type TestStore } from './database.ts'
import { addHosts, creator, newCluster, packageNamed, sampleRpm } from './inventory.ts'
import { testOperations } from './operations.ts'
import { setTask } from './taskRows.ts'

const rpm4 = 'oceanbase-4.2.1.8-108000022024072217.el7.x86_64.rpm'
const other2 = 'oceanbase-2.2.77-20220101000000.el7.x86_64.rpm'
const old2 = 'oceanbase-2.2.30-20200101000000.el7.x86_64.rpm'
const community = 'oceanbase-ce-3.1.4-103000102023020719.el7.x86_64.rpm'

describe.each(databases)('accepting a standby cluster on $name', ({ open }) => {
  let opened: TestStore
  beforeAll(async () => {
    opened = await open()
  })
  afterAll(() => opened.close())
  beforeEach(async () => {
    const { store } = opened
    await opened.reset()
    await addHosts(store, 3)
    for (const fileName of [sampleRpm, rpm4, other2, old2, community])
      await store.packages.create(packageNamed(fileName))
    const { task } = await testOperations(store).acceptCluster({ request: newCluster(), creator })
    primaryTask = task.id
    await primaryEnded('SUCCESSFUL')
    await store.secrets.put('cluster/1/ocp_monitor', new Secret('monitor-password'))
    await store.secrets.put('cluster/1/proxyro', new Secret('proxyro-password'))
    await store.clusters.setStatus(1, 'RUNNING')
  })

  let primaryTask: number
  const primaryEnded = (status: 'SUCCESSFUL' | 'FAILED') => setTask(opened.db, primaryTask, status)

  const accept = (change: Partial<NewCluster> = {}) =>
    opened.operations.acceptCluster({
      request: newCluster({
        type: 'STANDBY',
        primaryObClusterId: 1,
        password: new Secret('primary-password'),
        zones: [{ name: 'zone1', idcName: 'hz2', servers: [2] }],
        ...change,
      }),
      creator,
    })
  const refusal = async (change: Partial<NewCluster>): Promise<string> => {
    const error: unknown = await accept(change).catch((thrown: unknown) => thrown)
    if (!(error instanceof Refused)) throw new Error(`not refused: ${error}`)
    return `${error.findings[0].code} ${error.message}`
  }

  test("takes its primary's name under the next id, and its primary's users", async () => {
    const { store } = opened
    const { task } = await accept()
    expect(task).toMatchObject({
      name: 'Create standby OB cluster',
      workflow: 'createStandbyCluster',
      clusterType: 'STANDBY',
    })
    expect(task.subtasks.map(({ activity }) => activity)).not.toContain('createDefaultUser')
    expect(await store.clusters.spec(2)).toMatchObject({
      name: 'terran',
      obClusterId: 2,
      type: 'STANDBY',
      primary: { obClusterId: 1, rootServers: [{ ip: '10.0.0.1', rpcPort: 2882, sqlPort: 2881 }] },
    })
    const secrets = (['root', 'ocp_monitor', 'proxyro'] as const).map((name) =>
      store.secrets.get(`cluster/2/${name}`),
    )
    expect((await Promise.all(secrets)).map((secret) => secret.reveal())).toEqual([
      'primary-password',
      'monitor-password',
      'proxyro-password',
    ])
  })

  test.each([
    {
      what: 'version 4.x',
      change: { rpmName: rpm4 },
      says: /^COM10001 .*from 4\.1 on a physical standby is a tenant/,
    },
    {
      what: 'a version before 2.2.50',
      change: { rpmName: old2 },
      says: /^COM10001 .*begin with 2\.2\.50/,
    },
    {
      what: 'the community edition',
      change: { rpmName: community },
      says: /^COM10001 .*community edition/,
    },
    {
      what: 'another version than its primary',
      change: { rpmName: other2 },
      says: /^COM10001 .*primary is version 2\.2\.73/,
    },
    {
      what: 'a primary that is not there',
      change: { primaryObClusterId: 9 },
      says: /^OBE11017 .*terran:9/,
    },
    {
      what: 'a name that is not its primary',
      change: { name: 'zerg' },
      says: /^OBE11017 .*zerg:1/,
    },
    { what: "its primary's own id", change: { obClusterId: 1 }, says: /^OBE11014 .*terran:1/ },
  ])('refuses $what', async ({ change, says }) => {
    const before = await opened.dump()
    expect(await refusal(change)).toMatch(says)
    expect(await opened.dump()).toEqual(before)
  })

  test('refuses a primary that is not RUNNING', async () => {
    await opened.store.clusters.setStatus(1, 'DELETING')
    expect(await refusal({})).toMatch(/^OBE11008 .*terran:1.*RUNNING/)
  })

  test('refuses a primary whose create has not ended well: it may yet be deleted', async () => {
    await primaryEnded('FAILED')
    expect(await refusal({})).toMatch(
      /^OBE11020 .*Create primary OB cluster.*FAILED.*terran:1.*retry it or roll it back first/,
    )
    await primaryEnded('SUCCESSFUL')
    expect((await accept()).task.clusterType).toBe('STANDBY')
  })

  test('keeps its primary from being deleted before it', async () => {
    const { store } = opened
    const { task } = await accept()
    await setTask(opened.db, task.id, 'SUCCESSFUL')
    await store.clusters.setStatus(2, 'RUNNING')
    const refused = await testOperations(store)
      .acceptDelete({ clusterId: 1, creator })
      .catch((error: unknown) => error)
    expect(refused).toMatchObject({ message: expect.stringContaining('terran:2 is its standby') })
    expect((await testOperations(store).acceptDelete({ clusterId: 2, creator })).name).toBe(
      'Delete standby OB cluster',
    )
  })
})
