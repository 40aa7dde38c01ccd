import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest'
import {
  bootstrapSql,
  makeObserver,
  places,
  query,
  refusalOf,
  removeObservers,
  type TestObserver,
} from './observers.ts'

const [placeOne, placeTwo] = places(['zone1', 'zone2'], 24881)
if (!placeOne || !placeTwo) throw new Error('two places expected')
let one: TestObserver
let two: TestObserver

beforeEach(() => {
  one = makeObserver(placeOne, [placeOne, placeTwo], '4.2.1.8')
  two = makeObserver(placeTwo, [placeOne, placeTwo], '4.2.1.8')
})
afterEach(removeObservers)
afterAll(removeObservers)

describe('BOOTSTRAP is refused, and the store stays empty,', () => {
  it('when two servers of one zone are named', async () => {
    await one.start()
    const statement = `ALTER SYSTEM BOOTSTRAP ZONE 'zone1' SERVER '${one.address}', ZONE 'zone1' SERVER '${two.address}'`
    await expect(refusalOf(query(one, statement))).resolves.toMatch(/^4640 /)
  })

  it('when a server is not reachable', async () => {
    await one.start()
    // The client gets 4012 for -4122: oceanbase src/share/ob_errno.def.
    await expect(refusalOf(query(one, bootstrapSql([one, two])))).resolves.toBe(
      '4012 RPC post error',
    )
    expect(one.log()).toMatch(
      new RegExp(`ERROR \\[BOOTSTRAP\\].*'${two.address}' is not reachable.*ret=-4122`),
    )
  })

  // Source: ob_unit_resource.cpp gen_sys_tenant_default_unit_resource, ob_server_log_block_mgr.cpp
  // (OB_MACHINE_RESOURCE_NOT_ENOUGH); its number: src/share/ob_errno.def.
  it('when the redo disk of a server does not hold sys', async () => {
    await Promise.all([one.start(), two.start({ options: ',log_disk_size=4G' })])
    await expect(refusalOf(query(one, bootstrapSql([one, two])))).resolves.toBe(
      '4624 machine resource is not enough to hold a new unit',
    )
    expect(one.log()).toMatch(
      new RegExp(`ERROR \\[CLOG\\] .*can not hold any new tenants.*${two.address}.*ret=-4624`),
    )
  })

  it('when a server was started for another zone', async () => {
    await Promise.all([one.start(), two.start({ flags: ['-z', 'zone3'] })])
    await expect(refusalOf(query(one, bootstrapSql([one, two])))).resolves.toMatch(/^4631 /)
  })

  it('when a server was started for another cluster', async () => {
    await Promise.all([one.start(), two.start({ flags: ['-n', 'protoss'] })])
    await expect(refusalOf(query(one, bootstrapSql([one, two])))).resolves.toMatch(/^4666 /)
  })

  // Source: oceanbase src/rootserver/ob_bootstrap.cpp, prepare_bootstrap;
  // src/observer/ob_service.cpp.
  it('when a store holds the leftovers of another bootstrap: 4005 of a peer, 4015 of the receiver, both without words', async () => {
    mkdirSync(join(two.home, 'store/clog/tenant_1'))
    await Promise.all([one.start(), two.start()])
    await expect(refusalOf(query(one, bootstrapSql([one, two])))).resolves.toBe(
      '4005 The object is initialized twice',
    )
    expect(one.log()).toMatch(
      new RegExp(`not empty server\\(server="${two.address}"\\)\\(ret=-4005`),
    )
    await expect(refusalOf(query(two, bootstrapSql([one, two])))).resolves.toBe('4015 System error')
    expect(two.log()).toContain('observer is not empty(ret=-4015)')
  })

  // Source: oceanbase 3.1 src/rootserver/ob_bootstrap.cpp, "no qualified primary zone for system".
  it('on 3.x when every region holds one zone alone', async () => {
    one = makeObserver(placeOne, [placeOne, placeTwo], '3.2.4.1')
    two = makeObserver(placeTwo, [placeOne, placeTwo], '3.2.4.1')
    await Promise.all([one.start(), two.start()])
    const statement = `ALTER SYSTEM BOOTSTRAP REGION 'east' ZONE 'zone1' SERVER '${one.address}', REGION 'west' ZONE 'zone2' SERVER '${two.address}'`
    await expect(refusalOf(query(one, statement))).resolves.toMatch(/^4016 /)
  })

  it('when the faults file says so', async () => {
    one.setFaults({ refuseBootstrap: { errno: 4016, message: 'told to refuse' } })
    await one.start()
    await expect(refusalOf(query(one, bootstrapSql([one])))).resolves.toBe('4016 told to refuse')
  })

  it('when a standby cluster is asked of the 4.x line', async () => {
    await one.start()
    const standby = `ALTER SYSTEM BOOTSTRAP CLUSTER STANDBY ZONE 'zone1' SERVER '${one.address}' PRIMARY_CLUSTER_ID 2 PRIMARY_ROOTSERVICE_LIST '10.0.0.1:2882:2881'`
    await expect(refusalOf(query(one, standby))).resolves.toMatch(/^1235 /)
  })
})

describe('before BOOTSTRAP', () => {
  it('root gets in without a password only, and finds neither tables nor DDL', async () => {
    await one.start()
    await expect(query(one, 'SELECT 1 AS one', { user: 'root@sys#terran' })).resolves.toEqual([
      { one: '1' },
    ])
    await expect(refusalOf(query(one, 'SELECT 1', { password: 'guess' }))).resolves.toMatch(
      /^1045 /,
    )
    await expect(refusalOf(query(one, 'SELECT 1', { user: 'root@sys#protoss' }))).resolves.toMatch(
      /^4666 /,
    )
    await expect(
      refusalOf(query(one, 'SELECT * FROM oceanbase.__all_core_table')),
    ).resolves.toMatch(/^1146 /)
    await expect(refusalOf(query(one, 'CREATE TABLE a (a INT)'))).resolves.toBe(
      '8001 Server is initializing',
    )
  })
})

describe('a crash in the middle of BOOTSTRAP', () => {
  it('leaves a store that the next BOOTSTRAP finds not empty', async () => {
    one.setFaults({ crashOnBootstrap: true })
    await one.start()
    await expect(query(one, bootstrapSql([one]))).rejects.toThrow()
    one.setFaults({})
    await one.start()
    await expect(refusalOf(query(one, bootstrapSql([one])))).resolves.toBe('4015 System error')
  })
})
