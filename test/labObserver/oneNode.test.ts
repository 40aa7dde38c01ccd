import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  bootstrapSql,
  makeObserver,
  places,
  query,
  refusalOf,
  removeObservers,
  type TestObserver,
  until,
} from './observers.ts'

const password = 'aaAA11__'
let observer: TestObserver
let startedAt: number

beforeAll(async () => {
  const [place] = places(['zone1'], 25881)
  if (!place) throw new Error('one place expected')
  observer = makeObserver(place, [place], '4.2.1.8')
  startedAt = Date.now()
  await observer.start()
})
afterAll(removeObservers)

const login = { user: 'root@sys#terran', password }
const ask = (statements: string | string[]) => query(observer, statements, login)

describe('a 4.x cluster of one observer', () => {
  it('is bootstrapped, and the same session goes on at the kernel', async () => {
    const rows = await query(observer, [
      'SET SESSION ob_query_timeout = 1000000000',
      bootstrapSql([observer]),
      "ALTER SYSTEM MODIFY ZONE 'zone1' SET IDC = 'hz2'",
      'SELECT * FROM oceanbase.DBA_OB_ZONES',
    ])
    expect(rows).toMatchObject([
      { ZONE: 'zone1', STATUS: 'ACTIVE', IDC: 'hz2', REGION: 'sys_region' },
    ])
    await query(observer, `ALTER USER root IDENTIFIED BY '${password}'`)
  })

  it('has nothing to set up that a kill could stop in the middle: its store came with its system packages loaded', async () => {
    const loading = `SELECT job_status AS status, UNIX_TIMESTAMP(gmt_modified) AS endedAt FROM oceanbase.DBA_OB_ROOTSERVICE_JOBS
      WHERE job_type = 'LOAD_MYSQL_SYS_PACKAGE'`
    const [job] = await ask(loading)
    expect(job?.status).toBe('SUCCESS')
    expect(Number(job?.endedAt) * 1000).toBeLessThan(startedAt)
  })

  it('is never bootstrapped twice', async () => {
    await expect(refusalOf(ask(bootstrapSql([observer])))).resolves.toBe('4015 System error')
    expect(observer.count('bootstrap.count')).toBe(1)
  })

  it('lets in who has the password, and nobody else', async () => {
    await expect(refusalOf(query(observer, 'SELECT 1'))).resolves.toMatch(/^1045 /)
    await expect(
      refusalOf(query(observer, 'SELECT 1', { ...login, user: 'root@sys#zerg' })),
    ).resolves.toMatch(/^4666 /)
    await expect(
      refusalOf(query(observer, 'SELECT 1', { ...login, user: 'root@other' })),
    ).resolves.toMatch(/^5160 /)
  })

  it('shows an active server with the time its service began', async () => {
    await until('service started', async () => {
      const [row] = await ask(
        'SELECT COUNT(*) AS n FROM oceanbase.DBA_OB_SERVERS WHERE START_SERVICE_TIME IS NOT NULL',
      )
      return row?.n === 1
    })
    const rows = await ask('SELECT * FROM oceanbase.DBA_OB_SERVERS')
    expect(rows).toMatchObject([
      {
        SVR_IP: observer.ip,
        SQL_PORT: observer.sqlPort,
        ZONE: 'zone1',
        STATUS: 'ACTIVE',
        WITH_ROOTSERVER: 'YES',
        STOP_TIME: null,
      },
    ])
  })

  it('has the baseline schema version by which deployers know a bootstrapped cluster, and no tables of the older lines', async () => {
    const probe = `SELECT column_value FROM oceanbase.__all_core_table WHERE table_name = '__all_global_stat' AND column_name = 'baseline_schema_version'`
    const [row] = await ask(probe)
    expect(Number(row?.column_value)).toBeGreaterThan(0)
    await expect(refusalOf(ask('SELECT * FROM oceanbase.__all_server'))).resolves.toMatch(/^1146 /)
  })

  it('takes a primary zone that exists and refuses one that does not', async () => {
    await ask("ALTER TENANT sys SET PRIMARY_ZONE = 'zone1'")
    await expect(ask('SELECT PRIMARY_ZONE FROM oceanbase.DBA_OB_TENANTS')).resolves.toEqual([
      { PRIMARY_ZONE: 'zone1' },
    ])
    await expect(
      refusalOf(ask("ALTER TENANT sys SET PRIMARY_ZONE = 'zone1;zone9'")),
    ).resolves.toMatch(/^4643 /)
  })

  it('freezes, compacts, and is idle again with the frozen SCN merged', async () => {
    const compaction =
      'SELECT FROZEN_SCN, LAST_SCN, STATUS FROM oceanbase.CDB_OB_MAJOR_COMPACTION WHERE TENANT_ID = 1'
    const [before] = await ask(compaction)
    const [during] = await ask(['ALTER SYSTEM MAJOR FREEZE TENANT = sys', compaction])
    expect(during?.STATUS).toBe('COMPACTING')
    expect(BigInt(String(during?.FROZEN_SCN))).toBeGreaterThan(BigInt(String(before?.FROZEN_SCN)))
    await until('compaction finished', async () => (await ask(compaction))[0]?.STATUS === 'IDLE')
    const [after] = await ask(compaction)
    expect(after?.LAST_SCN).toBe(during?.FROZEN_SCN)
  })

  it('calibrates its io and sets parameters', async () => {
    await ask('ALTER SYSTEM RUN JOB "io_calibration"')
    const status = 'SELECT STATUS FROM oceanbase.GV$OB_IO_CALIBRATION_STATUS'
    await until('io calibrated', async () => (await ask(status))[0]?.STATUS === 'READY')
    await ask("ALTER SYSTEM SET syslog_level = 'WARN'")
    await expect(ask("SHOW PARAMETERS LIKE 'syslog_level'")).resolves.toMatchObject([
      { name: 'syslog_level', value: 'WARN' },
    ])
    await expect(refusalOf(ask('ALTER SYSTEM SET no_such_thing = 1'))).resolves.toMatch(/^5099 /)
  })

  it('keeps cluster statements from users who are not root', async () => {
    await ask(["CREATE USER proxyro IDENTIFIED BY 'pp'", 'GRANT SELECT ON *.* TO proxyro'])
    const proxyro = { user: 'proxyro@sys', password: 'pp' }
    await expect(
      query(observer, 'SELECT ZONE FROM oceanbase.DBA_OB_ZONES', proxyro),
    ).resolves.toEqual([{ ZONE: 'zone1' }])
    await expect(refusalOf(query(observer, 'ALTER SYSTEM MAJOR FREEZE', proxyro))).resolves.toMatch(
      /^1227 /,
    )
  })

  it('comes back after SIGKILL with its data, its password, and no kernel left over', async () => {
    await ask(['CREATE TABLE test.kept (a INT)', 'INSERT INTO test.kept VALUES (7)'])
    const kernels = () =>
      readFileSync(
        `/proc/${observer.process().pid}/task/${observer.process().pid}/children`,
        'utf8',
      )
        .trim()
        .split(' ')
    const [kernel] = kernels()
    await observer.kill('SIGKILL')
    await until('kernel gone', () => !isRunning(Number(kernel)))
    await observer.start({ noFlags: true })
    await expectCoreSchemaOnly(observer)
    await until('recovered', async () => (await refusalOf(ask('SELECT 1'))) === 'not refused')
    await expect(ask('SELECT a FROM test.kept')).resolves.toEqual([{ a: 7 }])
    await until('active again', async () => {
      // As before its restart, until it serves anew.
      const [row] = await ask('SELECT STATUS, START_SERVICE_TIME FROM oceanbase.DBA_OB_SERVERS')
      return row?.STATUS === 'ACTIVE' && row.START_SERVICE_TIME !== null
    })
  })
})

/**
 * What a server of a cluster lets be seen after its start. Sources: oceanbase
 * src/observer/ob_server.cpp (the SQL port opens before "wait schema ready"),
 * src/share/schema/ob_multi_version_schema_service.cpp (init_sys_tenant_user_schema),
 * src/observer/mysql/obmp_connect.cpp ("accept system tenant for bootstrap").
 */
async function expectCoreSchemaOnly(at: TestObserver): Promise<void> {
  await expect(refusalOf(query(at, 'SELECT 1', login))).resolves.toMatch(/^1045 /)
  await expect(query(at, 'SELECT 1 AS one')).resolves.toEqual([{ one: '1' }])
  await expect(refusalOf(query(at, 'SELECT 1', { user: 'root@other' }))).resolves.toMatch(/^8001 /)
  await expect(refusalOf(query(at, 'SELECT * FROM oceanbase.DBA_OB_SERVERS'))).resolves.toMatch(
    /^1146 /,
  )
  await expect(refusalOf(query(at, bootstrapSql([at])))).resolves.toMatch(/^4015 /)
}

function isRunning(pid: number): boolean {
  try {
    return !/^\d+ \(.*\) Z/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))
  } catch {
    return false
  }
}
