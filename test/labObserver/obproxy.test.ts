import { type ChildProcess, spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { isPrivate } from '../../lab/obproxy/addresses.ts'
import { defaults } from '../../lab/obproxy/config.ts'
import {
  bootstrapSql,
  canConnect,
  makeObserver,
  places,
  query,
  refusalOf,
  removeObservers,
  type TestObserver,
  until,
} from './observers.ts'

const proxy = { ip: '127.0.0.1', sqlPort: 28883 }
const exporter = 28884
const rpc = 28885
const proxyro = 'ppPP11__'
const root = { user: 'root@sys#terran', password: 'rrRR11__' }
const admin = { user: 'root@proxysys', password: 'aaAA11__' }
const sha1 = (text: string) => createHash('sha1').update(text).digest('hex')
let observer: TestObserver
let home: string
let child: ChildProcess

beforeAll(async () => {
  const [place] = places(['zone1'], 28681)
  if (!place) throw new Error('one place expected')
  observer = makeObserver(place, [place], '4.2.1.8')
  await observer.start()
  await query(observer, [
    bootstrapSql([observer]),
    `CREATE USER proxyro IDENTIFIED BY '${proxyro}'`,
    'GRANT SELECT ON *.* TO proxyro',
    `ALTER USER root IDENTIFIED BY '${root.password}'`,
  ])
  home = mkdtempSync(join(tmpdir(), 'obflow-obproxy-'))
  const options = `observer_sys_password=${sha1('wrong')},obproxy_sys_password=${sha1(admin.password)},prometheus_listen_port=${exporter},rpc_listen_port=${rpc}`
  const words = [
    '-N',
    '-r',
    `${place.ip}:${place.sqlPort}`,
    '-p',
    String(proxy.sqlPort),
    '-n',
    'demo',
    '-c',
    'terran',
    '-o',
    options,
  ]
  child = spawn(
    process.execPath,
    [join(import.meta.dirname, '../../lab/obproxy/main.ts'), ...words],
    {
      cwd: home,
      stdio: 'ignore',
    },
  )
  await until('proxy listens', () => canConnect(proxy.ip, proxy.sqlPort))
})
afterAll(async () => {
  const gone = once(child, 'exit')
  child.kill('SIGTERM')
  await gone
  await removeObservers()
  rmSync(home, { recursive: true, force: true })
})

describe('obproxy', () => {
  it('serves nobody while its own user does not get in at the cluster', async () => {
    await expect(refusalOf(query(proxy, 'SELECT 1', root))).resolves.toMatch(
      /^1045 obproxy cannot log in to cluster 'terran' as proxyro/,
    )
  })

  it('shows and changes its configuration to root@proxysys alone', async () => {
    await expect(
      refusalOf(query(proxy, 'SHOW PROXYCONFIG', { user: 'root@proxysys' })),
    ).resolves.toMatch(/^1045 /)
    await query(proxy, `ALTER PROXYCONFIG SET observer_sys_password = '${proxyro}'`, admin)
    const rows = await query(proxy, "SHOW PROXYCONFIG LIKE 'observer_sys_password'", admin)
    expect(rows).toMatchObject([{ name: 'observer_sys_password', value: sha1(proxyro) }])
  })

  it('keeps its administrator out from a public address, and without a password, from its first start', () => {
    expect(['127.0.0.1', '::1', '192.168.7.1', 'fd00::1'].every(isPrivate)).toBe(true)
    expect(['10.69.1.1', '172.16.0.1', '100.64.0.1', '127.0.0.2'].some(isPrivate)).toBe(false)
    expect(defaults.obproxy_sys_password).toMatch(/^[0-9a-f]{40}$/)
  })

  it('listens on its RPC port too', () => expect(canConnect(proxy.ip, rpc)).resolves.toBe(true))

  it('passes a session on to the cluster, password and all', async () => {
    await expect(query(proxy, 'SELECT 1 AS one', root)).resolves.toEqual([{ one: 1 }])
    await expect(
      query(proxy, 'SELECT STATUS FROM oceanbase.DBA_OB_SERVERS', root),
    ).resolves.toEqual([{ STATUS: 'ACTIVE' }])
    await expect(
      refusalOf(query(proxy, 'SELECT 1', { ...root, password: 'wrong' })),
    ).resolves.toMatch(/^1045 Access denied for user/)
  })

  it('refuses a cluster it does not know', async () => {
    await expect(
      refusalOf(query(proxy, 'SELECT 1', { ...root, user: 'root@sys#zerg' })),
    ).resolves.toMatch(/^4669 /)
  })

  it('exports metrics', async () => {
    const response = await fetch(`http://127.0.0.1:${exporter}/metrics`)
    await expect(response.text()).resolves.toContain('odp_sessions{app="demo"}')
  })
})
