import { chmodSync, mkdirSync, readFileSync, renameSync, symlinkSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { claimPort } from '../../lab/ports/claim.ts'
import { DefiniteError, TransientError } from '../../src/errors/failure.ts'
import type { Host } from '../../src/host/index.ts'
import {
  alterRootPassword,
  bootstrapStatement,
  type ClusterSpec,
  connectSql,
  createReadOnlyUser,
  errorTail,
  grantsOf,
  isAbsentTable,
  isServing,
  layoutOf,
  lineOf,
  majorFreeze,
  observerStart,
  observerState,
  readObserverStart,
  readObserverState,
  restartObserver,
  type Sql,
  startObserver,
  stopObserver,
} from '../../src/oceanbase/index.ts'
import { identifier, type Quoted, Secret, sh, sql } from '../../src/quote.ts'
import { createTestHosts, failureOf } from '../host/hosts.ts'
import { startSshd, type TestSshd } from '../host/sshd.ts'
import { terran } from './cluster.ts'

const repository = resolve(import.meta.dirname, '../..')
const { pool, host, lines, session } = createTestHosts()
const server = { hostId: 1, ip: '127.0.0.1', zone: 'zone1', rootServer: true }
let sshd: TestSshd
let cluster: ClusterSpec
let target: Host

/** The lab's observer, laid out in a directory of the test as its package would. */
const layOut = async (version: string): Promise<ClusterSpec> => {
  const root = join(sshd.directory, 'ob')
  const spec = terran({
    version,
    sqlPort: await claimPort(),
    rpcPort: await claimPort(),
    osUser: 'root',
    paths: { install: join(root, 'home'), data: join(root, 'data'), log: join(root, 'log') },
    startupParameters: [
      'memory_limit=8G',
      'system_memory=1G',
      'datafile_size=1G',
      'log_disk_size=6G',
    ].map((pair) => {
      const [name = '', value = ''] = pair.split('=')
      return { name, value }
    }),
    zones: [{ name: 'zone1', idcName: 'hz2', regionName: '', servers: [server] }],
  })
  const { home, observer, directories, links } = layoutOf(spec)
  for (const directory of [`${home}/bin`, `${home}/lib`, ...directories])
    mkdirSync(directory, { recursive: true })
  for (const { path, target: to } of links) symlinkSync(to, path)
  writeFileSync(
    observer,
    `#!/bin/bash
export OBFLOW_LAB_VERSION=${version} OBFLOW_LAB_SEEKDB=${repository}/.tools/seekdb/seekdb
exec -a "$0" ${process.execPath} ${repository}/lab/observer/main.ts "$@"
`,
  )
  chmodSync(observer, 0o755)
  return spec
}

const connect = (password: Secret, timeoutMs = 60_000): Promise<Sql> =>
  connectSql(
    { ip: server.ip, port: cluster.sqlPort, username: 'root@sys', password },
    { ...session(), timeoutMs },
  )

/** Connects as soon as the server lets one in. */
const connected = async (password: Secret): Promise<Sql> => {
  for (;;) {
    try {
      return await connect(password)
    } catch (error) {
      if (!(error instanceof TransientError)) throw error
      await delay(50)
    }
  }
}

/** The same, once the server has refreshed its schema: until then it refuses every password. */
const ready = async (password: Secret): Promise<Sql> => {
  for (;;) {
    try {
      return await connected(password)
    } catch (error) {
      if (!(error instanceof DefiniteError)) throw error
      await delay(50)
    }
  }
}

const pidOf = async (script: Quoted): Promise<number | undefined> =>
  readObserverState(await target.must(script))?.pid

beforeAll(async () => {
  sshd = await startSshd()
  cluster = await layOut('4.2.1.8')
  target = host(sshd.access())
})
afterAll(async () => {
  await pool.close()
  await sshd.stop()
})

test('an observer is started once, bootstrapped, restarted from its saved parameters and stopped', async () => {
  expect(await pidOf(observerState(cluster))).toBeUndefined()
  const pid = await pidOf(startObserver(cluster, server))
  expect(pid).toBeGreaterThan(0)
  expect(await pidOf(startObserver(cluster, server))).toBe(pid)
  expect(await target.must(sh`ps -o sid= -p ${pid ?? 0}`)).not.toBe('')

  const line = lineOf(cluster.version)
  const empty = await connected(new Secret(''))
  expect(await line.bootstrapped(empty)).toBe(false)
  await empty.run(bootstrapStatement(cluster))
  await empty.close()

  const root = await connected(new Secret(''))
  expect(await line.bootstrapped(root)).toBe(true)
  await expect
    .poll(async () => (await line.servers(root)).every(isServing), { timeout: 20_000 })
    .toBe(true)
  const [only] = await line.servers(root)
  expect(only).toMatchObject({
    ip: server.ip,
    port: cluster.rpcPort,
    sqlPort: cluster.sqlPort,
    zone: 'zone1',
    withRootserver: true,
  })
  expect(Math.abs((only?.startServiceTime ?? 0) - Date.now())).toBeLessThan(120_000)
  expect((await line.zones(root)).map(({ name }) => name)).toEqual(['zone1'])
  expect(await line.tenants(root)).toMatchObject([
    { id: 1, name: 'sys', mode: 'MYSQL', status: 'NORMAL' },
  ])

  const before = await line.freeze(root)
  await root.run(majorFreeze(cluster))
  expect((await line.freeze(root)).frozen).toBeGreaterThan(before.frozen)

  const reader = new Secret(`r"e'a\\d`)
  for (const statement of [
    ...createReadOnlyUser('ocp_monitor', reader),
    ...createReadOnlyUser('ocp_monitor', reader),
  ])
    await root.run(statement)
  const grants = await root.rows(grantsOf('ocp_monitor'), z.record(z.string(), z.string()))
  expect(JSON.stringify(grants)).toContain('SELECT')

  const password = new Secret(`it's "q" \\ x`)
  await root.run(alterRootPassword(password))
  await root.close()
  expect(lines.join('\n')).not.toMatch(/it's|it''s|r"e/)

  const again = await pidOf(restartObserver(cluster))
  expect(again).not.toBe(pid)
  const startedAt = readObserverStart(await target.must(observerStart(cluster))) ?? 0
  expect(Math.abs(startedAt - Date.now())).toBeLessThan(60_000)
  // It is starting: root gets in without a password and with no other, and no view is there.
  const refused = await failureOf(connected(password))
  expect(refused).toMatchObject({ reason: { code: 'OBE12000' } })
  const early = await connected(new Secret(''))
  expect(isAbsentTable(await failureOf(line.servers(early)))).toBe(true)
  expect(await line.bootstrapped(early).catch((error: unknown) => error)).toSatisfy(
    (answer) => answer === true || answer instanceof TransientError,
  )
  await early.close()
  const back = await ready(password)
  await expect
    .poll(async () => (await line.servers(back))[0]?.startServiceTime, { timeout: 20_000 })
    .toBeGreaterThan(startedAt)
  expect(await back.rows(sql`SELECT 1 AS One`, z.object({ one: z.number() }))).toEqual([{ one: 1 }])
  expect(
    await failureOf(back.run(sql`SELECT * FROM oceanbase.${identifier('no such table')}`)),
  ).toMatchObject({ errno: 1146 })
  await back.close()

  expect(await pidOf(stopObserver(cluster))).toBeUndefined()
  expect(await failureOf(connect(password))).toBeInstanceOf(TransientError)
  expect(await pidOf(stopObserver(cluster))).toBeUndefined()
})

test('a statement over its time is transient, an abort gives its own reason', async () => {
  await target.must(startObserver(cluster, server))
  const password = new Secret(`it's "q" \\ x`)
  await (await ready(password)).close()
  const slow = await connect(password, 200)
  expect(await failureOf(slow.rows(sql`SELECT SLEEP(5)`, z.unknown()))).toBeInstanceOf(
    TransientError,
  )
  await slow.close()
  const abort = new AbortController()
  const aborted = await connectSql(
    { ip: server.ip, port: cluster.sqlPort, username: 'root@sys', password },
    { ...session(), signal: abort.signal },
  )
  const running = failureOf(aborted.rows(sql`SELECT SLEEP(5)`, z.unknown()))
  abort.abort(new Error('cancelled'))
  expect(await running).toMatchObject({ message: 'cancelled' })
  await target.must(stopObserver(cluster))
})

test('an observer that is killed right after its start is started once more', async () => {
  const { home, observer } = layoutOf(cluster)
  // Returns when the daemon that it launched is dead, whatever else the machine has to do.
  renameSync(observer, `${observer}.whole`)
  writeFileSync(
    observer,
    `#!/bin/bash
"$0.whole" "$@" || exit
until pid=$(cat run/observer.pid 2>/dev/null) && kill -KILL "$pid" 2>/dev/null; do sleep 0.01; done
echo "$pid" >run/killed
mv -f "$0.whole" "$0"
`,
  )
  chmodSync(observer, 0o755)
  const pid = await pidOf(startObserver(cluster, server))
  expect(pid).toBeGreaterThan(0)
  const killed = Number(readFileSync(join(home, 'run/killed'), 'utf8'))
  expect(killed).toBeGreaterThan(0)
  expect(pid).not.toBe(killed)
  await target.must(stopObserver(cluster))
})

test('an observer that refuses its start says why, in the error or in its log', async () => {
  const startupParameters = [{ name: 'datafile_size', value: '900T' }]
  // Of a data file that is there nothing more is asked.
  const { dataRoot, etc } = layoutOf(cluster)
  await target.must(sh`rm -f ${etc}/observer.config.bin ${dataRoot}/sstable/block_file`)
  const error = await failureOf(
    target.must(startObserver({ ...cluster, startupParameters }, server)),
  )
  expect(error).toBeInstanceOf(DefiniteError)
  expect(`${error}${await target.must(errorTail(cluster))}`).toContain('datafile_size')
})
