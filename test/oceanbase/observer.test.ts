import { execFileSync, spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import {
  generatePassword,
  obproxyPorts,
  observerState,
  portsOf,
  readAgentStatus,
  readObserverState,
  refreshAgentConfig,
  startFlags,
  startObproxy,
  startupParametersOf,
  stopObserver,
} from '../../src/oceanbase/index.ts'
import { type Quoted, Secret } from '../../src/quote.ts'
import { terran, threeZones } from './cluster.ts'

const server = { hostId: 1, ip: '10.0.0.1', zone: 'zone1', rootServer: true }

test('an observer is started with all the flags of the manual', () => {
  expect(startFlags(terran({ zones: threeZones() }), server)).toEqual([
    ...['-r', '10.0.0.1:2882:2881;10.0.0.2:2882:2881;10.0.0.3:2882:2881'],
    ...['-p', 2881, '-P', 2882, '-z', 'zone1', '-c', 1, '-n', 'terran'],
    ...['-d', '/home/admin/oceanbase/store/terran', '-l', 'INFO'],
    ...['-o', 'system_memory=5G,config_additional_dir=/data/1/terran/etc3;/data/log1/terran/etc2'],
  ])
})

test('an observer whose home was removed is stopped all the same', async () => {
  const home = mkdtempSync(join(tmpdir(), 'obflow-home-'))
  mkdirSync(join(home, 'bin'))
  writeFileSync(join(home, 'bin/observer'), 'echo begun; while :; do sleep 0.1; done')
  const observer = spawn('bash', ['bin/observer'], {
    cwd: home,
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  const ended = once(observer, 'exit')
  try {
    await once(observer.stdout, 'data')
    rmSync(home, { recursive: true })
    const cluster = terran({
      paths: { install: home, data: '/data/1', log: '/data/log1' },
      sqlPort: 1,
      rpcPort: 2,
    })
    const run = (script: Quoted): string =>
      execFileSync('bash', { input: script.text, encoding: 'utf8' })
    expect(readObserverState(run(observerState(cluster)))).toEqual({ pid: observer.pid })
    expect(readObserverState(run(stopObserver(cluster)))).toBeUndefined()
  } finally {
    observer.kill('SIGKILL')
    await ended
  }
})

test('posted startup parameters take the place of the defaults', () => {
  const startupParameters = [{ name: 'memory_limit', value: '4G' }]
  expect(startupParametersOf(terran({ startupParameters }))).toEqual(startupParameters)
  expect(startupParametersOf(terran())).toEqual([{ name: 'system_memory', value: '5G' }])
})

test('the state of an observer is the last line a script prints', () => {
  expect(readObserverState('adopted\nobserver 4711\n')).toEqual({ pid: 4711 })
  expect(readObserverState('observer none\n')).toBeUndefined()
})

test('a generated password satisfies both generations of the rule and is never the same', () => {
  const passwords = Array.from({ length: 50 }, () => generatePassword().reveal())
  expect(new Set(passwords).size).toBe(50)
  for (const password of passwords) {
    expect(password).toMatch(/^[A-Za-z0-9._+@#%]{8,32}$/)
    for (const kind of [/[A-Z]/g, /[a-z]/g, /[0-9]/g, /[._+@#%]/g])
      expect(password.match(kind)?.length).toBeGreaterThanOrEqual(2)
  }
})

const agent = {
  home: '/home/admin/ocp_agent',
  daemon: 'ocp_agentd',
  control: 'ocp_agentctl',
}

test("an agent's passwords are in no text that may be shown", () => {
  const script = refreshAgentConfig(agent, {
    cluster: terran(),
    server,
    monitor: { username: 'ocp_monitor', password: new Secret('mon1tor') },
    basicAuth: { username: 'ocp_agent', password: new Secret('b4sic') },
  })
  expect(script.text).toContain('monagent.ob.monitor.password\t"mon1tor"')
  expect(script.shown).not.toMatch(/mon1tor|b4sic/)
})

test.each([
  ['{"data":{"state":"running","version":"1.2"}}', { state: 'running', version: '1.2' }],
  [
    '{"state":"running","version":"1.2","services":{"ob_monagent":{"state":"starting"}}}',
    { state: 'starting', version: '1.2' },
  ],
  ['<html>', { state: '', version: '' }],
])('an agent that answers %s is %j', (body, status) => {
  expect(readAgentStatus(body)).toEqual(status)
})

test('an obproxy is started with the SQL ports of the root servers and with the digest of a password for this start alone', () => {
  const proxy = {
    home: '/home/admin/obproxy-4.3.1.0',
    appName: 'proxy',
    osUser: 'admin',
    listenPort: obproxyPorts.listen,
    prometheusPort: obproxyPorts.prometheus,
    ports: [2883, 2884],
    startupParameters: [],
  }
  const first = new Secret('of-this-start')
  const { text, shown } = startObproxy(proxy, { cluster: terran({ zones: threeZones() }) }, first)
  expect(text).toContain('home=/home/admin/obproxy-4.3.1.0')
  expect(text).toContain(
    "launch -r '10.0.0.1:2881;10.0.0.2:2881;10.0.0.3:2881' -c terran -p 2883 -n proxy",
  )
  const digest = createHash('sha1').update('of-this-start').digest('hex')
  expect(text).toContain(`obproxy_sys_password=${digest}`)
  expect(text).not.toContain('of-this-start')
  expect(shown).not.toContain(digest)
})

test('a proxy listens on its RPC port from 4.3.0 on, unless that is off', () => {
  const ports = { sqlPort: 2883, exporterPort: 2884 }
  const off = [{ name: 'enable_obproxy_rpc_service', value: 'False' }]
  const moved = [{ name: 'rpc_listen_port', value: '3885' }]
  expect(portsOf({ version: '4.2.1.0' }, ports, [])).toEqual([2883, 2884])
  expect(portsOf({ version: '4.3.1.0' }, ports, [])).toEqual([2883, 2884, 2885])
  expect(portsOf({ version: '4.3.1.0' }, ports, off)).toEqual([2883, 2884])
  expect(portsOf({ version: '4.3.1.0' }, ports, moved)).toEqual([2883, 2884, 3885])
})
