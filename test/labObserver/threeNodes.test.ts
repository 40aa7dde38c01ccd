import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  bootstrapSql,
  makeObserver,
  places,
  query,
  type Row,
  refusalOf,
  removeObservers,
  type TestObserver,
  until,
} from './observers.ts'

const lines = [
  {
    version: '4.2.1.8',
    firstPort: 26881,
    servers:
      'SELECT SVR_IP AS ip, STATUS AS status, ZONE AS zone FROM oceanbase.DBA_OB_SERVERS ORDER BY ID',
    active: 'ACTIVE',
    inactive: 'INACTIVE',
    primaryZone: 'SELECT PRIMARY_ZONE AS primary_zone FROM oceanbase.DBA_OB_TENANTS',
    startsAt: 'RANDOM',
    addedTwice: /^4179 add non-empty server ".*" not allowed/,
    leading: "SELECT ZONE AS zone FROM oceanbase.DBA_OB_SERVERS WHERE WITH_ROOTSERVER = 'YES'",
    times:
      'SELECT STATUS AS status, UNIX_TIMESTAMP(START_SERVICE_TIME) AS since FROM oceanbase.DBA_OB_SERVERS ORDER BY ID',
    freeze: 'ALTER SYSTEM MAJOR FREEZE TENANT = ALL',
    frozen: 'SELECT FROZEN_SCN > 1 AS frozen FROM oceanbase.CDB_OB_MAJOR_COMPACTION',
  },
  {
    version: '3.2.4.1',
    firstPort: 27881,
    servers: 'SELECT svr_ip AS ip, status, zone FROM oceanbase.__all_server ORDER BY id',
    active: 'active',
    inactive: 'inactive',
    primaryZone: 'SELECT primary_zone FROM oceanbase.__all_tenant',
    startsAt: 'zone1;zone2,zone3',
    addedTwice: /^4017 /,
    leading: 'SELECT zone FROM oceanbase.__all_server WHERE with_rootserver = 1',
    times: 'SELECT status, start_service_time AS since FROM oceanbase.__all_server ORDER BY id',
    freeze: 'ALTER SYSTEM MAJOR FREEZE',
    frozen:
      "SELECT value > 1 AS frozen FROM oceanbase.__all_zone WHERE zone = '' AND name = 'frozen_version'",
  },
]

describe.each(lines)(
  'a $version cluster of three zones',
  ({
    version,
    firstPort,
    servers,
    active,
    inactive,
    times,
    primaryZone,
    startsAt,
    addedTwice,
    leading,
    freeze,
    frozen,
  }) => {
    const all = places(['zone1', 'zone2', 'zone3', 'zone2'], firstPort)
    const roots = all.slice(0, 3)
    let observers: TestObserver[]
    const at = (index: number): TestObserver => {
      const observer = observers[index]
      if (!observer) throw new Error(`no observer ${index}`)
      return observer
    }
    const statuses = async (asked = at(0)): Promise<Row[]> =>
      (await query(asked, servers)).map(({ ip, status }) => ({ ip, status }))

    beforeAll(async () => {
      // A 3.x server without -I finds its address in the list, so the fourth is told its own as
      // well.
      observers = all.map((place) =>
        makeObserver(place, roots.includes(place) ? roots : [...roots, place], version),
      )
      await Promise.all(observers.map((observer) => observer.start()))
    })
    afterAll(removeObservers)

    it('is bootstrapped with one server of each zone and serves SQL on every one', async () => {
      await query(at(0), bootstrapSql(observers.slice(0, 3)))
      await expect(query(at(0), primaryZone)).resolves.toEqual([{ primary_zone: startsAt }])
      for (const observer of observers.slice(0, 3))
        await expect(query(observer, 'SELECT 1 AS one')).resolves.toEqual([{ one: 1 }])
      await expect(statuses(at(2))).resolves.toEqual(
        roots.map(({ ip }) => ({ ip, status: active })),
      )
    })

    it('takes a fourth server once', async () => {
      const add = `ALTER SYSTEM ADD SERVER '${at(3).address}' ZONE 'zone2'`
      await query(at(1), add)
      await expect(statuses()).resolves.toHaveLength(4)
      // Source: oceanbase src/sql/engine/cmd/ob_alter_system_executor.cpp check_server_empty_, from
      // 4.2 on src/rootserver/ob_server_zone_op_service.cpp add_servers.
      await expect(refusalOf(query(at(0), add))).resolves.toMatch(addedTwice)
      await until(
        'the fourth serves',
        async () => (await refusalOf(query(at(3), 'SELECT 1'))) === 'not refused',
      )
    })

    it('refuses a server that is not there', async () => {
      await expect(
        refusalOf(query(at(0), `ALTER SYSTEM ADD SERVER '127.0.0.9:1' ZONE 'zone1'`)),
      ).resolves.toBe('4012 RPC post error')
    })

    // Source: oceanbase src/share/ob_primary_zone_util.cpp, output_normalized_primary_zone.
    it('writes a primary zone in its own form', async () => {
      await query(at(0), "ALTER TENANT sys SET PRIMARY_ZONE = 'zone3 , zone2'")
      await expect(query(at(0), primaryZone)).resolves.toEqual([
        { primary_zone: 'zone2,zone3;zone1' },
      ])
    })

    it('freezes', async () => {
      await expect(query(at(1), [freeze, frozen])).resolves.toEqual([{ frozen: 1 }])
    })

    // Sources: oceanbase src/logservice/leader_coordinator/election_priority_impl/
    // election_priority_v1.cpp; src/rootserver/ob_server_zone_op_service.cpp stop_server_precheck;
    // src/sql/engine/cmd/ob_alter_system_executor.cpp wait_leader_switch_out_.
    it('is led from where the primary zone says, and not from a zone that is stopped, which may be one alone', async () => {
      const leader = () => query(at(0), leading)
      await until('zone2 to lead', async () => (await leader())[0]?.zone === 'zone2')
      await query(at(0), "ALTER SYSTEM STOP ZONE 'zone2'")
      await expect(leader()).resolves.toEqual([{ zone: 'zone3' }])
      await expect(refusalOf(query(at(0), "ALTER SYSTEM STOP ZONE 'zone3'"))).resolves.toBe(
        '4660 cannot stop server or stop zone in multiple zones',
      )
      await query(at(0), "ALTER SYSTEM START ZONE 'zone2'")
      await expect(leader()).resolves.toEqual([{ zone: 'zone3' }])
    })

    // Source: oceanbase src/observer/mysql/obmp_connect.cpp, load_privilege_info.
    it('has servers that learn of a new password and of a new user late', async () => {
      at(0).setFaults({ schemaDelayMs: 2000 })
      const login = { password: 'Terran-1' }
      await query(at(0), "ALTER USER root IDENTIFIED BY 'Terran-1'")
      await expect(query(at(0), 'SELECT 1 AS one', login)).resolves.toEqual([{ one: 1 }])
      await expect(refusalOf(query(at(1), 'SELECT 1', login))).resolves.toMatch(/^1045 /)
      await expect(query(at(1), leading)).resolves.toHaveLength(1)
      await until(
        'the new password',
        async () => (await refusalOf(query(at(1), 'SELECT 1', login))) === 'not refused',
      )
      await expect(refusalOf(query(at(1), 'SELECT 1'))).resolves.toMatch(/^1045 /)
      await query(at(0), "CREATE USER IF NOT EXISTS `kerrigan` IDENTIFIED BY 'Zerg-2'", login)
      const kerrigan = { user: 'kerrigan@sys', password: 'Zerg-2' }
      await expect(refusalOf(query(at(2), 'SELECT 1', kerrigan))).resolves.toMatch(/^1045 /)
      await until(
        'the new user',
        async () => (await refusalOf(query(at(2), 'SELECT 1', kerrigan))) === 'not refused',
      )
      at(0).setFaults({})
      await query(at(0), "ALTER USER root IDENTIFIED BY ''", login)
      for (const follower of [at(1), at(2)])
        await until(
          'no password',
          async () => (await refusalOf(query(follower, 'SELECT 1'))) === 'not refused',
        )
    })

    // Source: oceanbase src/observer/mysql/ob_query_retry_ctrl.cpp.
    it('opens sessions while its leader is lost, and lets a statement wait for it until its time is up', async () => {
      await at(0).kill('SIGKILL')
      await expect(query(at(1), 'SELECT 1 AS one')).resolves.toEqual([{ one: '1' }])
      await expect(
        refusalOf(query(at(1), ['SET SESSION ob_query_timeout = 500000', servers])),
      ).resolves.toMatch(/^4012 Timeout, query has reached the maximum query timeout: 500000\(us\)/)
      const waiting = query(at(2), ['SET SESSION ob_query_timeout = 60000000', servers])
      await at(0).start({ noFlags: true })
      await expect(waiting).resolves.toHaveLength(4)
      await until(
        'the first server',
        async () => (await refusalOf(query(at(0), leading))) === 'not refused',
      )
    })

    // Sources: oceanbase lease_time (10 s) in src/share/parameter; ob_server_manager.cpp, from 4.2
    // on ob_heartbeat_service.cpp.
    it('shows a killed follower as it was until its lease ends, and one that comes back within it by its new time alone', async () => {
      const shown = async () => (await query(at(0), times))[1]
      await until('the follower serves', async () => Number((await shown())?.since) > 0)
      const before = await shown()
      await at(1).kill('SIGKILL')
      await at(1).start({ noFlags: true })
      await expect(shown()).resolves.toEqual(before)
      await expect(refusalOf(query(at(1), servers))).resolves.toMatch(/^1146 /)
      await until('a new time', async () => Number((await shown())?.since) > Number(before?.since))

      at(0).setFaults({ leaseMs: 1500 })
      await at(1).kill('SIGKILL')
      await expect(shown()).resolves.toMatchObject({ status: active })
      await until('inactive', async () => (await statuses())[1]?.status === inactive)
      await at(1).start({ noFlags: true })
      await until('active', async () => (await statuses())[1]?.status === active)
    })

    it('comes back when all of it was killed', async () => {
      await Promise.all(observers.map((observer) => observer.kill('SIGKILL')))
      await Promise.all(observers.map((observer) => observer.start({ noFlags: true })))
      await until('all active', async () => {
        if ((await refusalOf(query(at(2), servers))) !== 'not refused') return false
        return (await statuses(at(2))).every(({ status }) => status === active)
      })
    })
  },
)
