import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createLab, type Lab, type LabHost } from '../../lab/index.ts'
import { buildPackages } from '../../lab/packages/index.ts'
import { installOcpAgent, removeOcpAgent } from '../../src/activities/installOcpAgent.ts'
import { installRpm, removeRpm } from '../../src/activities/installRpm.ts'
import { ioBench, removeIoBench } from '../../src/activities/ioBench.ts'
import { makeDir, removeDir } from '../../src/activities/makeDir.ts'
import { preCheck } from '../../src/activities/preCheck.ts'
import { preCheckHost } from '../../src/activities/preCheckHost.ts'
import { refreshAgentConfig, restoreAgentConfig } from '../../src/activities/refreshAgentConfig.ts'
import { startAgent } from '../../src/activities/startAgent.ts'
import { uninstallLegacyObagent } from '../../src/activities/uninstallLegacyObagent.ts'
import { uninstallLegacyOcpAgent } from '../../src/activities/uninstallLegacyOcpAgent.ts'
import { updateHostStatus } from '../../src/activities/updateHostStatus.ts'
import { DefiniteError, TransientError } from '../../src/errors/failure.ts'
import { readIoResource } from '../../src/oceanbase/ioResource.ts'
import { failureOf } from '../host/hosts.ts'
import { clusterOn, createNodes, packageFrom } from './hostNode.ts'

let lab: Lab
let rpms: Readonly<Record<string, string>>

beforeAll(async () => {
  const built = await buildPackages()
  rpms = Object.fromEntries(
    built.map(({ name, version, path }) => [name === 'oceanbase' ? version : name.replace(/^.*-/, ''), path]),
  )
  lab = await createLab({ hosts: 2 })
})
afterAll(() => lab.destroy())

const first = (): LabHost => {
  const [host] = lab.hosts
  if (!host) throw new Error('the lab has no host')
  return host
}

const nodesFor = (version: string, hosts: readonly LabHost[] = lab.hosts) =>
  createNodes(hosts, { cluster: clusterOn(hosts, version), file: packageFrom(rpms[version] ?? join('no', version)) })

/** Every file below the places an install touches, with type, owner and link target; and the installed packages. */
const traces = async (host: LabHost): Promise<string> => {
  const found = await host.exec(
    "find /home/admin /data /var/lib/obflow -printf '%p %y %u %l\\n' 2>/dev/null | sort; rpm -qa; ls /tmp",
  )
  return found.stdout
}

const reasonOf = async (work: Promise<unknown>) => {
  const error = await failureOf(work)
  if (!(error instanceof DefiniteError)) throw error
  return error.reason
}

describe.each(['2.2.73', '4.2.1.8'])('the nodes of a host, OceanBase %s', (version) => {
  it('install, repeat themselves without a change, and take everything back', async () => {
    const host = first()
    const nodes = nodesFor(version)
    const untouched = await traces(host)
    const run = async () => {
      const started = performance.now()
      await preCheck(nodes.on(1, 'preCheck'))
      const checked = performance.now()
      const { installed } = await installRpm(nodes.on(1, 'installRpm'))
      const done = performance.now()
      await makeDir(nodes.on(1, 'makeDir'))
      const { iops16k } = await ioBench(nodes.on(1, 'ioBench'))
      return { installed, iops16k, seconds: { preCheck: (checked - started) / 1000, installRpm: (done - checked) / 1000 } }
    }

    const once = await run()
    expect(once.installed).toBe(true)
    expect(once.iops16k).toBeGreaterThan(1000)
    expect(once.seconds.preCheck).toBeLessThan(3)
    const made = await traces(host)
    expect(made).toContain('/home/admin/oceanbase/store/terran/sstable l admin /data/1/terran/sstable')
    expect(made).toContain('/data/log1/terran/clog d admin')
    const conf = await host.exec('cat /home/admin/oceanbase/etc/io_resource.conf')
    expect(readIoResource(conf.stdout).length).toBeGreaterThan(1)

    expect(await run()).toMatchObject({ installed: false, iops16k: once.iops16k })
    expect(await traces(host)).toBe(made)

    await removeIoBench(nodes.on(1, 'ioBench'))
    await removeDir(nodes.on(1, 'makeDir'))
    await removeRpm(nodes.on(1, 'installRpm'))
    expect(await traces(host)).toBe(untouched)
    await nodes.close()
  })
})

describe('taking back', () => {
  it('leaves foreign files that lie beside what the task made', async () => {
    const host = first()
    const nodes = nodesFor('2.2.73')
    await installRpm(nodes.on(1, 'installRpm'))
    await makeDir(nodes.on(1, 'makeDir'))
    const foreign = [
      '/data/1/terran/notes',
      '/home/admin/oceanbase/etc/mine.conf',
      '/home/admin/oceanbase/store/terran/x',
      '/data/1/other',
    ]
    await host.exec(`touch ${foreign.join(' ')}; touch /data/1/terran/sstable/block_file`)
    await removeDir(nodes.on(1, 'makeDir'))
    await removeRpm(nodes.on(1, 'installRpm'))
    const left = await host.exec('find /data /home/admin /var/lib/obflow -type f')
    expect(left.stdout.trim().split('\n').sort()).toEqual(foreign.sort())
    await host.exec('rm -rf /data/1/* /data/log1/* /home/admin/oceanbase')
    await nodes.close()
  })
})

describe('Install rpm', () => {
  /** Lets rpm be killed when it has written some of its files, as the kernel does when it is short of memory. */
  const killedMidway = async (host: LabHost, nodes: ReturnType<typeof nodesFor>) => {
    const killed = host.exec('until [ -e /home/admin/oceanbase/lib/seekdb ] && pid=$(pidof rpm); do :; done; kill -KILL $pid')
    expect(await failureOf(installRpm(nodes.on(1, 'installRpm')))).toBeInstanceOf(TransientError)
    expect((await killed).code).toBe(0)
  }

  it('is taken back whole when rpm was killed in the middle', async () => {
    const host = first()
    const nodes = nodesFor('4.2.1.8')
    const untouched = await traces(host)
    await killedMidway(host, nodes)
    expect(await traces(host)).not.toBe(untouched)
    await removeRpm(nodes.on(1, 'installRpm'))
    expect(await traces(host)).toBe(untouched)
    await nodes.close()
  })

  it('converges when rpm is killed in the middle, also within the same second', async () => {
    const host = first()
    const nodes = nodesFor('4.2.1.8')
    await killedMidway(host, nodes)
    expect(await installRpm(nodes.on(1, 'installRpm'))).toEqual({ installed: true })
    expect((await host.exec("find /home/admin -name '*;*'")).stdout).toBe('')
    await nodes.close()
  })

  it('mends a package of which a file is gone', async () => {
    const host = first()
    const nodes = nodesFor('4.2.1.8')
    await host.must(['rm', '/home/admin/oceanbase/lib/seekdb/seekdb'])
    expect(await installRpm(nodes.on(1, 'installRpm'))).toEqual({ installed: true })
    expect((await host.exec('rpm -V --nomtime --nouser --nogroup oceanbase')).stdout).toBe('')
    await nodes.close()
  })

  it('leaves another version alone and names it', async () => {
    const host = first()
    const nodes = nodesFor('2.2.73')
    const reason = await reasonOf(installRpm(nodes.on(1, 'installRpm')))
    expect(reason).toMatchObject({ code: 'PKG10012', host: host.ip })
    expect(reason.message).toContain('oceanbase-4.2.1.8-108000022024072217.el7.x86_64 is installed')
    await removeRpm(nodes.on(1, 'installRpm'))
    expect((await host.exec('rpm -qa')).stdout).toContain('oceanbase-4.2.1.8')
    await nodes.close()
    const owner = nodesFor('4.2.1.8')
    await removeRpm(owner.on(1, 'installRpm'))
    expect((await host.exec('rpm -qa')).stdout).toBe('')
    await owner.close()
  })
})

describe('Prepare host', () => {
  it('reads the host, installs the agent, and takes it back', async () => {
    const host = first()
    const nodes = createNodes(lab.hosts, { cluster: clusterOn(lab.hosts, '4.2.1.8'), file: packageFrom(rpms.agent ?? '') })
    const untouched = await traces(host)
    for (let round = 0; round < 2; round += 1) {
      await preCheckHost(nodes.prepare(1, 'preCheckHost'))
      await uninstallLegacyObagent(nodes.prepare(1, 'uninstallLegacyObagent'))
      await uninstallLegacyOcpAgent(nodes.prepare(1, 'uninstallLegacyOcpAgent'))
      expect(await installOcpAgent(nodes.prepare(1, 'installOcpAgent'))).toEqual({ installed: round === 0 })
      await updateHostStatus(nodes.prepare(1, 'updateHostStatus'))
    }
    expect(nodes.inventory).toMatchObject({
      name: host.name,
      architecture: process.arch === 'arm64' ? 'aarch64' : 'x86_64',
      status: 'AVAILABLE',
      agent: { version: '3.1.2-20210812221645', status: 'AVAILABLE' },
    })
    await removeOcpAgent(nodes.prepare(1, 'installOcpAgent'))
    expect(await traces(host)).toBe(untouched)
    await nodes.close()
  })
})

describe('The agent', () => {
  it('is brought, configured, started, and gone after its undo', async () => {
    const host = first()
    const nodes = createNodes(lab.hosts, { cluster: clusterOn(lab.hosts, '4.2.1.8'), file: packageFrom(rpms.agent ?? '') })
    const untouched = await traces(host)
    expect(await refreshAgentConfig(nodes.on(1, 'refreshAgentConfig'))).toEqual({ changed: true })
    expect(await refreshAgentConfig(nodes.on(1, 'refreshAgentConfig'))).toEqual({ changed: false })
    await startAgent(nodes.on(1, 'startAgent'))
    await startAgent(nodes.on(1, 'startAgent'))
    expect((await host.exec('ss -Hltn sport = 62888')).stdout).toContain('62888')
    expect(nodes.inventory).toMatchObject({ agent: { status: 'AVAILABLE' } })
    expect(nodes.lines.join('\n')).not.toContain('Monitor-1-secret')
    await restoreAgentConfig(nodes.on(1, 'refreshAgentConfig'))
    expect(await traces(host)).toBe(untouched)
    expect((await host.exec(['pgrep', '-f', 'ob_(agentd|mgragent|monagent)'])).stdout).toBe('')
    await nodes.close()
  })
})

describe('Pre check for install OB', () => {
  it('reports everything that is wrong at once', async () => {
    const host = first()
    const nodes = nodesFor('4.2.1.8')
    await host.exec(
      'mkdir -p /data/1/terran/sstable /home/admin/oceanbase/etc; touch /data/1/terran/sstable/block_file /home/admin/oceanbase/etc/observer.config.bin',
    )
    const reason = await reasonOf(preCheck(nodes.on(1, 'preCheck')))
    expect(reason.code).toBe('OBE10002')
    expect(reason.message).toContain('/data/1/terran/sstable is not empty')
    expect(reason.message).toContain('/data/1/terran/sstable belongs to root, not to admin')
    expect(reason.message).toContain('maybe from another observer: /home/admin/oceanbase/etc/observer.config.bin is left over')
    await host.exec('rm -rf /data/1/terran /home/admin/oceanbase')
    await nodes.close()
  })

  it('finds a full disk', async () => {
    const host = first()
    const nodes = nodesFor('4.2.1.8')
    await host.fault('diskFull', '/data/log1')
    const reason = await reasonOf(preCheck(nodes.on(1, 'preCheck')))
    await host.heal('diskFull')
    expect(reason.code).toBe('CMP07050')
    expect(reason.message).toContain('redo logs (/data/log1)')
    await nodes.close()
  })

  it('tells which clock is off, and by how much', async () => {
    const host = first()
    const nodes = nodesFor('4.2.1.8')
    await host.fault('clockSkew', 400)
    const reason = await reasonOf(preCheck(nodes.on(2, 'preCheck')))
    await host.heal('clockSkew')
    expect(reason).toMatchObject({ code: 'CMP07021', host: lab.hosts[1]?.ip })
    // How exact that is depends on how busy this machine is; the message says it.
    const [, apart, exactness] = /are (\d+) ± (\d+) ms apart/.exec(reason.message) ?? []
    expect(Math.abs(Number(apart) - 400)).toBeLessThanOrEqual(Number(exactness) + 1)
    expect(reason.message).toContain(`${host.ip} +${apart} ms`)
    await nodes.close()
  })
})
