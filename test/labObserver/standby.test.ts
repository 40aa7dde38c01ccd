import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  bootstrapSql,
  makeObserver,
  places,
  query,
  refusalOf,
  removeObservers,
  type TestObserver,
} from './observers.ts'

const [primaryPlace, standbyPlace] = places(['zone1', 'zone1'], 29881)
if (!primaryPlace || !standbyPlace) throw new Error('two places expected')
const root = { user: 'root@sys', password: 'primary-1' }
let primary: TestObserver
let standby: TestObserver

const asStandby = (primaryId = 1): string =>
  `${bootstrapSql([standby]).replace('BOOTSTRAP', 'BOOTSTRAP CLUSTER STANDBY')} PRIMARY_CLUSTER_ID ${primaryId} PRIMARY_ROOTSERVICE_LIST '${primary.address}:${primary.sqlPort}'`
const statuses = () =>
  query(
    primary,
    'SELECT cluster_id AS id, cluster_status AS status FROM oceanbase.v$ob_standby_status',
    root,
  )

beforeAll(async () => {
  primary = makeObserver(primaryPlace, [primaryPlace], '2.2.73')
  standby = makeObserver(standbyPlace, [standbyPlace], '2.2.73')
  await Promise.all([primary.start(), standby.start({ flags: ['-c', '2'] })])
  await query(primary, bootstrapSql([primary]))
  await query(primary, [`ALTER USER root IDENTIFIED BY '${root.password}'`])
})
afterAll(removeObservers)

describe('a standby cluster of 2.2', () => {
  it('is not bootstrapped when what it calls its primary has another id', async () => {
    await expect(refusalOf(query(standby, asStandby(9)))).resolves.toMatch(/^4666 .*terran:1/)
    await expect(statuses()).resolves.toEqual([])
  })

  it('is registered by its BOOTSTRAP and valid once the primary adds it', async () => {
    await query(standby, asStandby())
    await expect(statuses()).resolves.toEqual([{ id: 2, status: 'REGISTERED' }])
    await query(
      primary,
      ['ALTER SYSTEM ADD CLUSTER VERIFY', 'ALTER SYSTEM ADD CLUSTER terran CLUSTER_ID 2'],
      root,
    )
    await expect(statuses()).resolves.toEqual([{ id: 2, status: 'VALID' }])
  })

  it("has its own servers and role, and its primary's data and users, which it lets only be read", async () => {
    await query(
      primary,
      [
        'CREATE DATABASE fleet',
        'CREATE TABLE fleet.ships (id INT)',
        'INSERT INTO fleet.ships VALUES (7)',
      ],
      root,
    )
    await expect(
      query(
        standby,
        'SELECT cluster_role AS role, cluster_id AS id FROM oceanbase.v$ob_cluster',
        root,
      ),
    ).resolves.toEqual([{ role: 'PHYSICAL STANDBY', id: 2 }])
    await expect(
      query(standby, 'SELECT svr_ip AS ip FROM oceanbase.__all_server', root),
    ).resolves.toEqual([{ ip: standby.ip }])
    await expect(query(standby, 'SELECT id FROM fleet.ships', root)).resolves.toEqual([{ id: 7 }])
    await expect(refusalOf(query(standby, 'SELECT 1'))).resolves.toMatch(/^1045 /)
    for (const write of [
      'INSERT INTO fleet.ships VALUES (8)',
      "ALTER USER root IDENTIFIED BY 'x'",
      'DROP DATABASE fleet',
    ])
      await expect(refusalOf(query(standby, write, root))).resolves.toMatch(/^4688 /)
  })

  it('is the same after a restart, and gone from its primary when that removes it', async () => {
    await standby.kill('SIGKILL')
    await standby.start({ noFlags: true })
    await expect
      .poll(
        () =>
          query(standby, 'SELECT cluster_role AS role FROM oceanbase.v$ob_cluster', root).catch(
            () => undefined,
          ),
        { timeout: 20_000 },
      )
      .toEqual([{ role: 'PHYSICAL STANDBY' }])
    await query(primary, 'ALTER SYSTEM REMOVE CLUSTER terran CLUSTER_ID 2', root)
    await expect(statuses()).resolves.toEqual([])
  })
})
