import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { createLab, type Lab, type LabHost } from '../../lab/index.ts'
import { buildPackages } from '../../lab/packages/index.ts'
import { bootstrapOb, clearObservers } from '../../src/activities/cluster/bootstrapOb.ts'
import { createDefaultUser } from '../../src/activities/cluster/createDefaultUser.ts'
import { prepareInstallCluster } from '../../src/activities/cluster/prepareInstallCluster.ts'
import { restartObserver } from '../../src/activities/cluster/restartObserver.ts'
import { setSysPassword } from '../../src/activities/cluster/setSysPassword.ts'
import { setSysPrimaryZone } from '../../src/activities/cluster/setSysPrimaryZone.ts'
import { syncClusterInfo } from '../../src/activities/cluster/syncClusterInfo.ts'
import { syncTenants } from '../../src/activities/cluster/syncTenants.ts'
import { triggerCompaction } from '../../src/activities/cluster/triggerCompaction.ts'
import { updateClusterStatus } from '../../src/activities/cluster/updateClusterStatus.ts'
import { waitClusterAccessible } from '../../src/activities/cluster/waitClusterAccessible.ts'
import { waitObserverAccessible } from '../../src/activities/cluster/waitObserverAccessible.ts'
import { installRpm, removeRpm } from '../../src/activities/host/installRpm.ts'
import { makeDir, removeDir } from '../../src/activities/host/makeDir.ts'
import { linkObproxy, unlinkObproxy } from '../../src/activities/obproxy/linkObproxy.ts'
import { DefiniteError } from '../../src/errors/failure.ts'
import { installPackage, removePackage } from '../../src/host/rpm.ts'
import { type ClusterSpec, obproxyIn } from '../../src/oceanbase/index.ts'
import { sql } from '../../src/quote.ts'
import { failureOf } from '../host/hosts.ts'
import { createClusterNodes, type LabNode, password } from './clusterNode.ts'
import { clusterOn, packageFrom } from './hostNode.ts'

let lab: Lab
let rpms: Readonly<Record<string, string>>

beforeAll(async () => {
  const built = await buildPackages()
  rpms = Object.fromEntries(
    built.map(({ name, version, path }) => [
      name === 'oceanbase' ? version : `${name} ${version}`,
      path,
    ]),
  )
  lab = await createLab({ hosts: 1 })
})
afterAll(() => lab.destroy())

const first = (): LabHost => {
  const [host] = lab.hosts
  if (!host) throw new Error('the lab has no host')
  return host
}

const fileOf = (key: string) => packageFrom(rpms[key] ?? join('no', key))

const undoing: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const undo of undoing.splice(0)) await undo()
})

/**
 * A host with the package and its directories, ready for "Bootstrap ob"; `undo` takes all of it
 * back, at the end of a test at the latest.
 */
async function prepared(version: string, extra: Partial<ClusterSpec> = {}) {
  const nodes = createClusterNodes(lab.hosts, {
    cluster: clusterOn(lab.hosts, version, extra),
    file: fileOf(version),
    proxyFile: fileOf('obproxy-ce 4.3.1.0'),
  })
  await installRpm(nodes.onHost(1, 'installRpm'))
  await makeDir(nodes.onHost(1, 'makeDir'))
  const undo = async () => {
    await clearObservers(nodes.on('bootstrapOb'))
    await removeDir(nodes.onHost(1, 'makeDir'))
    await removeRpm(nodes.onHost(1, 'installRpm'))
    await nodes.close()
  }
  undoing.push(undo)
  return nodes
}

const chain = {
  prepareInstallCluster,
  bootstrapOb,
  restartObserver,
  waitObserverAccessible,
  setSysPassword,
  createDefaultUser,
  setSysPrimaryZone,
  waitClusterAccessible,
  syncClusterInfo,
  syncTenants,
  triggerCompaction,
} satisfies Record<string, (node: LabNode) => Promise<void>>

const berlin = sql`SELECT time_zone_id AS zone_id FROM oceanbase.__all_tenant_time_zone_name WHERE name = 'Europe/Berlin'`
const wgs84 = sql`SELECT srs_name AS name FROM oceanbase.__all_spatial_reference_systems WHERE srs_id = 4326`
const serverOf = () => ({ hostId: 1, ip: first().ip, zone: 'zone1', rootServer: true })

const count = async (file: string): Promise<number> =>
  Number((await first().exec(`cat /home/admin/oceanbase/run/${file}`)).stdout)
const observerPid = async (): Promise<string> =>
  (await first().exec('cat /home/admin/oceanbase/run/observer.pid')).stdout.trim()

describe.each(['2.2.73', '4.2.1.8'])('the nodes of a cluster, OceanBase %s', (version) => {
  it('make a cluster, each run twice with the same end, and take it back without a trace', async () => {
    const traces = () =>
      first().exec('find /home/admin /data /var/lib/obflow -type f 2>/dev/null | sort')
    const untouched = (await traces()).stdout
    const nodes = await prepared(version)
    const pids: string[] = []
    for (const [name, node] of Object.entries(chain)) {
      await node(nodes.on(name))
      await node(nodes.on(name))
      pids.push(await observerPid())
    }
    await updateClusterStatus(nodes.on('updateClusterStatus'))

    expect(await count('bootstrap.received')).toBe(1)
    // Started once by "Bootstrap ob"; where io_resource.conf is read, once more by "Restart
    // observer process".
    expect(new Set(pids.slice(1)).size).toBe(version === '2.2.73' ? 2 : 1)
    expect(nodes.saved).toMatchObject({
      status: 'RUNNING',
      servers: [
        {
          hostId: 1,
          ip: first().ip,
          port: 2882,
          sqlPort: 2881,
          zoneName: 'zone1',
          status: 'RUNNING',
          innerStatus: 'ACTIVE',
          withRootserver: true,
        },
      ],
      zones: [{ name: 'zone1', innerStatus: 'ACTIVE', idcName: 'hz2' }],
      tenants: [{ obTenantId: 1, name: 'sys', mode: 'MYSQL' }],
    })
    // Sources: what packages bring, lab/packages/real.json; how, oceanbase tools/import_*.py.
    const imported = new Set(nodes.lines.map((line) => /sys has .*/.exec(line)?.[0] ?? ''))
    expect([...imported].filter(Boolean)).toEqual(
      version === '2.2.73'
        ? []
        : ['sys has 5 named time zones', 'sys has 2 spatial reference systems'],
    )
    if (version !== '2.2.73') {
      const session = await nodes.on('waitClusterAccessible').sql(serverOf(), 'root')
      const [zone] = await session.rows(berlin, z.object({ zone_id: z.number() }))
      const [system] = await session.rows(wgs84, z.object({ name: z.string() }))
      await session.close()
      expect([zone?.zone_id, system?.name]).toEqual([2, 'WGS 84'])
    }
    const processes = await first().exec('cat /proc/*/cmdline 2>/dev/null | tr "\\0" " "')
    expect(processes.stdout).not.toContain(password)
    expect(nodes.lines.join('\n')).not.toContain(password)
    expect(nodes.lines.join('\n')).not.toContain(nodes.secret('cluster/22/proxyro').reveal())

    for (const undo of undoing.splice(0)) await undo()
    expect((await traces()).stdout).toBe(untouched)
  })
})

describe('Bootstrap ob', () => {
  const failureIn = async (work: Promise<unknown>) => {
    const error = await failureOf(work)
    if (!(error instanceof DefiniteError)) throw error
    return error.kept
  }

  /** Nothing goes on behind a 4012 here, and no server is slow to start. */
  const shortPatience = { lostAnswerMs: 120_000, doubtMs: 3_000 }

  it('fails with the cause from rootservice.log when its RPC fails twice, and a retry succeeds', async () => {
    const nodes = await prepared('4.2.1.8')
    await first().fault('observer', { refuseBootstrap: { errno: 4012, message: 'RPC post error' } })
    const reason = await failureIn(bootstrapOb(nodes.on('bootstrapOb'), shortPatience))
    expect(reason.code).toBe('OBE10002')
    expect(reason.message).toContain(`logs of ${first().ip}:\nrootservice.log:`)
    expect(reason.message).toContain('failed to prepare boot strap: RPC post error')
    await first().heal('observer')
    await bootstrapOb(nodes.on('bootstrapOb', { runTime: 2 }))
  })

  it('gets over an observer that dies in the middle of BOOTSTRAP', async () => {
    const nodes = await prepared('4.2.1.8')
    await first().fault('observer', { crashOnBootstrap: true })
    await failureOf(bootstrapOb(nodes.on('bootstrapOb')))
    await first().heal('observer')
    await bootstrapOb(nodes.on('bootstrapOb'), shortPatience)
    expect(nodes.lines.join('\n')).toContain(
      'Starting afresh: an earlier BOOTSTRAP of this task ended half-way',
    )
  })

  it('tells at once that an observer died while it started, and why', async () => {
    const nodes = await prepared('4.2.1.8')
    await first().fault('diskFull', '/data/1/terran/sstable')
    const reason = await failureIn(bootstrapOb(nodes.on('bootstrapOb')))
    await first().heal('diskFull')
    expect(reason.code).toBe('OBE19006')
    expect(reason.message).toContain('out of disk space')
    expect(reason.advice).toContain('disk')
  })
})

describe('Link obproxy', () => {
  it('starts the proxy, links it, proves the route through its port, and unlinks it; the proxy runs on for others', async () => {
    const nodes = await prepared('4.2.1.8', { obproxyClusterIds: [5] })
    const target = nodes.onHost(1, 'obproxy').target
    const file = fileOf('obproxy-ce 4.3.1.0')
    const home = obproxyIn(file.programs) ?? ''
    expect(home).toBe('/home/admin/obproxy-4.3.1.0')
    const brings = `${home}/bin/obproxy`
    const proxy = { taskId: 1, file, prefix: home, fixed: true, brings, owner: 'admin' }
    await installPackage(target, proxy, () => undefined)
    for (const node of [bootstrapOb, setSysPassword, createDefaultUser, updateClusterStatus])
      await node(nodes.on(node.name))

    await linkObproxy(nodes.on('linkObproxy'))
    await linkObproxy(nodes.on('linkObproxy'))
    expect(nodes.lines.join('\n')).toContain('root@sys#terran> SELECT 1 AS one: ok')
    expect(nodes.saved.links).toMatchObject([{ clusterId: 22, clusterName: 'terran' }])
    const processes = await first().exec('cat /proc/*/cmdline 2>/dev/null | tr "\\0" " "')
    expect(processes.stdout).toContain('bin/obproxy')
    expect(processes.stdout).not.toContain(nodes.secret('cluster/22/proxyro').reveal())

    await unlinkObproxy(nodes.on('linkObproxy'))
    expect(nodes.saved.links).toEqual([])
    const running = (await first().exec('pgrep -x obproxy')).stdout.trim()
    expect(running).toMatch(/^\d+$/)
    await first().exec(
      `kill ${running}; while kill -0 ${running} 2>/dev/null; do sleep 0.1; done; rm -rf /var/lib/obflow/3`,
    )
    await removePackage(target, proxy)
  })
})
