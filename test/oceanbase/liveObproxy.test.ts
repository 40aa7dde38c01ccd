import { resolve } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { claimPort } from '../../lab/ports/claim.ts'
import type { Host } from '../../src/host/index.ts'
import {
  connectSql,
  linkStatements,
  obproxyAdmin,
  readObproxyState,
  setAdminPassword,
  startObproxy,
  stopObproxy,
  unlinkStatements,
} from '../../src/oceanbase/index.ts'
import { Secret, sh, sql } from '../../src/quote.ts'
import { createTestHosts } from '../host/hosts.ts'
import { startSshd, type TestSshd } from '../host/sshd.ts'
import { terran } from './cluster.ts'

const obproxyHome = '/opt/obproxy-4.3.1.0'
const lab = resolve(import.meta.dirname, '../../lab')
const { pool, host, lines, session } = createTestHosts()
let sshd: TestSshd
let target: Host

/** The lab's obproxy at its own place, in the mount namespace of the test's sshd. */
beforeAll(async () => {
  sshd = await startSshd()
  target = host(sshd.access())
  await target.must(sh`mount -t tmpfs none /opt && mkdir -p ${obproxyHome}/bin && cd ${obproxyHome} || exit 1
printf '#!/bin/bash\nexec -a "$0" %s %s "$@"\n' ${process.execPath} ${lab}/obproxy/main.ts > bin/obproxy && chmod 755 bin/obproxy`)
})
afterAll(async () => {
  await pool.close()
  await sshd.stop()
})

test('a proxy is started once, linked and unlinked by SQL, and stopped', async () => {
  const proxy = {
    home: obproxyHome,
    appName: 'proxy',
    osUser: 'root',
    listenPort: await claimPort(),
    prometheusPort: await claimPort(),
    ports: [],
    startupParameters: [{ name: 'rpc_listen_port', value: String(await claimPort()) }],
  }
  const first = new Secret('of-this-start')
  const started = readObproxyState(
    await target.must(startObproxy(proxy, { cluster: terran() }, first)),
  )
  expect(started?.pid).toBeGreaterThan(0)
  expect(
    readObproxyState(await target.must(startObproxy(proxy, { cluster: terran() }, first))),
  ).toEqual(started)

  const port = proxy.listenPort
  const login = { ip: '127.0.0.1', port, username: obproxyAdmin }
  await expect(connectSql({ ...login, password: new Secret('') }, session())).rejects.toMatchObject(
    { reason: { code: 'OBE12000' } },
  )
  // Over the host's loopback, as its administrator works; then with the password that was set.
  const real = new Secret(`re'al"1`)
  await target.overLoopback(port, async (stream) => {
    const fresh = await connectSql({ ...login, password: first, stream }, session())
    await fresh.run(setAdminPassword(real))
    await fresh.close()
  })
  await expect(connectSql({ ...login, password: first }, session())).rejects.toMatchObject({
    reason: { code: 'OBE12000' },
  })
  const admin = await connectSql({ ...login, password: real }, session())
  const shown = async (name: string) => {
    const [row] = await admin.rows(
      sql`SHOW PROXYCONFIG LIKE ${name}`,
      z.object({ value: z.string() }),
    )
    return row?.value
  }
  for (const statement of linkStatements(terran(), new Secret(`pro"xy'ro`)))
    await admin.run(statement)
  expect([await shown('rootservice_list'), await shown('rootservice_cluster_name')]).toEqual([
    '10.0.0.1:2881',
    'terran',
  ])
  for (const statement of unlinkStatements()) await admin.run(statement)
  expect(await shown('rootservice_list')).toBe('')
  await admin.close()
  expect(lines.join('\n')).not.toMatch(/pro"xy|re'al|of-this-start/)

  expect(readObproxyState(await target.must(stopObproxy(proxy)))).toBeUndefined()
})
