import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { mkdtempDisposable } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createLab, type Lab, type LabHost } from '../../lab/index.ts'
import { buildPackages, catalog } from '../../lab/packages/index.ts'
import { installOcpAgent, removeOcpAgent } from '../../src/activities/agent/installOcpAgent.ts'
import {
  refreshAgentConfig,
  restoreAgentConfig,
} from '../../src/activities/agent/refreshAgentConfig.ts'
import { startAgent } from '../../src/activities/agent/startAgent.ts'
import { uninstallLegacyObagent } from '../../src/activities/agent/uninstallLegacyObagent.ts'
import { uninstallLegacyOcpAgent } from '../../src/activities/agent/uninstallLegacyOcpAgent.ts'
import { installRpm, removeRpm } from '../../src/activities/host/installRpm.ts'
import { ioBench, removeIoBench } from '../../src/activities/host/ioBench.ts'
import { makeDir, removeDir } from '../../src/activities/host/makeDir.ts'
import { preCheck } from '../../src/activities/host/preCheck.ts'
import { preCheckHost } from '../../src/activities/host/preCheckHost.ts'
import { updateHostStatus } from '../../src/activities/host/updateHostStatus.ts'
import { DefiniteError, TransientError } from '../../src/errors/failure.ts'
import { readIoResource } from '../../src/oceanbase/observer/ioResource.ts'
import type { Package } from '../../src/store/index.ts'
import { failureOf } from '../host/hosts.ts'
import { clusterOn, createNodes, packageFrom } from './hostNode.ts'

/** The one of whose builds server, libraries and tools are three packages. */
const community = '4.2.5.0'

let lab: Lab
let rpms: Readonly<Record<string, string>>
let libs: Package

beforeAll(async () => {
  const built = await buildPackages()
  rpms = Object.fromEntries(
    built.map(({ name, version, path }) => [
      name === 'oceanbase' || name === 'oceanbase-ce' ? version : name.replace(/^.*-/, ''),
      path,
    ]),
  )
  libs = packageFrom(rpms.libs ?? '')
  lab = await createLab({ hosts: 2 })
})
afterAll(() => lab.destroy())

const first = (): LabHost => {
  const [host] = lab.hosts
  if (!host) throw new Error('the lab has no host')
  return host
}

const nodesFor = (version: string, hosts: readonly LabHost[] = lab.hosts) =>
  createNodes(hosts, {
    cluster: clusterOn(hosts, version),
    file: {
      ...packageFrom(rpms[version] ?? join('no', version)),
      requires: version === community ? [`oceanbase-ce-libs = ${community}`, 'jq'] : [],
    },
    beside: [libs, packageFrom(rpms.utils ?? '')],
  })

/**
 * Every file below the places an install touches, with type, owner and link target; and the
 * installed packages.
 */
const traces = async (host: LabHost): Promise<string> => {
  const found = await host.exec(
    "find /home/admin /data /etc /usr/bin/ob_* /usr/libexec/obflow* /var/lib/obflow /var/log -printf '%p %y %u %l\\n' 2>/dev/null | sort; rpm -qa; ls /tmp",
  )
  return found.stdout
}

/** A package of one small program below its prefix. */
const buildRpm = (directory: string, name: string, prefix: string, extra: string): string => {
  const spec = join(directory, `${name}.spec`)
  writeFileSync(
    spec,
    `Name: ${name}
Version: 4.2.1.8
Release: 1.el7
Summary: test
License: none
Prefix: ${prefix}
AutoReqProv: no
${extra}
%description
test
%install
mkdir -p %{buildroot}${prefix}/bin
printf '#!/bin/sh\\necho 4.2.1.8\\n' >%{buildroot}${prefix}/bin/observer
chmod 755 %{buildroot}${prefix}/bin/observer
%files
${prefix}
`,
  )
  mkdirSync(join(directory, name))
  const words = [
    '-bb',
    '--quiet',
    '--define',
    `_topdir ${join(directory, name)}`,
    '--define',
    '_build_id_links none',
    spec,
  ]
  execFileSync('rpmbuild', words, { stdio: 'pipe' })
  const arch = execFileSync('rpm', ['--eval', '%{_arch}'], { encoding: 'utf8' }).trim()
  return join(directory, name, 'RPMS', arch, `${name}-4.2.1.8-1.el7.${arch}.rpm`)
}

const reasonOf = async (work: Promise<unknown>) => {
  const error = await failureOf(work)
  if (!(error instanceof DefiniteError)) throw error
  return error.kept
}

describe.each([
  ['2.2.73', 'ob_admin'],
  ['4.2.1.8', 'ob_admin'],
  [community, 'fio'],
])('the nodes of a host, OceanBase %s', (version, tool) => {
  it('install, repeat themselves without a change, and take everything back', async () => {
    const host = first()
    const nodes = nodesFor(version)
    const untouched = await traces(host)
    const run = async () => {
      await preCheck(nodes.on(1, 'preCheck'))
      const { installed } = await installRpm(nodes.on(1, 'installRpm'))
      await makeDir(nodes.on(1, 'makeDir'))
      const { iops16k } = await ioBench(nodes.on(1, 'ioBench'))
      return { installed, iops16k }
    }

    const once = await run()
    expect(once.installed).toBe(true)
    expect(once.iops16k).toBeGreaterThan(0)
    const made = await traces(host)
    expect(made).toContain(
      '/home/admin/oceanbase/store/terran/sstable l admin /data/1/terran/sstable',
    )
    expect(made).toContain('/data/log1/terran/clog d admin')
    const conf = await host.exec('cat /home/admin/oceanbase/etc/io_resource.conf')
    expect(readIoResource(conf.stdout).length).toBeGreaterThan(1)
    expect(nodes.lines).toContainEqual(expect.stringMatching(`^INFO ${tool}: read 4 KB`))

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

describe('taking a package back', () => {
  it('fails with what rpm could not remove, every time, and ends well once that is gone', async () => {
    const host = first()
    const nodes = nodesFor('2.2.73')
    const untouched = await traces(host)
    const observer = '/home/admin/oceanbase/bin/observer'
    await installRpm(nodes.on(1, 'installRpm'))
    // rpm -e only warns of a file that the kernel will not let it remove.
    await host.must(['mount', '--bind', '/etc/hosts', observer])
    for (const _ of [1, 2]) {
      const { code, message } = await reasonOf(removeRpm(nodes.on(1, 'installRpm')))
      expect(code).toBe('TSK10005')
      expect(message).toContain(observer)
    }
    await host.must(['bash', '-c', `umount ${observer}; rm ${observer}`])
    await removeRpm(nodes.on(1, 'installRpm'))
    expect(await traces(host)).toBe(untouched)
    await nodes.close()
  })
})

describe('Install rpm', () => {
  /**
   * Lets rpm be killed when it has written some of its files, as the kernel does when it is short
   * of memory.
   */
  const killedMidway = async (host: LabHost, nodes: ReturnType<typeof nodesFor>) => {
    const killed = host.exec(
      'until [ -e /home/admin/oceanbase/lib/seekdb ] && pid=$(pidof rpm); do :; done; kill -KILL $pid',
    )
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

describe('What stands at installPath', () => {
  const home = '/home/admin/oceanbase'
  const installed = async (nodes: ReturnType<typeof nodesFor>) => {
    await preCheck(nodes.on(1, 'preCheck'))
    await installRpm(nodes.on(1, 'installRpm'))
    await makeDir(nodes.on(1, 'makeDir'))
    await ioBench(nodes.on(1, 'ioBench'))
  }
  const takenBack = async (nodes: ReturnType<typeof nodesFor>) => {
    await removeIoBench(nodes.on(1, 'ioBench'))
    await removeDir(nodes.on(1, 'makeDir'))
    await removeRpm(nodes.on(1, 'installRpm'))
  }

  it('is not written over nor removed when it is an installation by hand', async () => {
    const host = first()
    const nodes = nodesFor('4.2.1.8')
    await host.must([
      'bash',
      '-c',
      `O=${home}; mkdir -p $O/bin $O/etc $O/log; for f in bin/observer bin/import.py etc/default_parameter.json log/observer.log; do echo mine >$O/$f; done; chown -R admin: $O`,
    ])
    const untouched = await traces(host)
    expect((await reasonOf(preCheck(nodes.on(1, 'preCheck')))).message).toContain(
      `${home} is not empty: ${home}/`,
    )
    const reason = await reasonOf(installRpm(nodes.on(1, 'installRpm')))
    expect(reason).toMatchObject({ code: 'OBD-1002', host: host.ip })
    expect(reason.message).toContain("is there already and is not this package's")
    await takenBack(nodes)
    expect(await traces(host)).toBe(untouched)
    expect((await host.exec(`sort -u ${home}/*/*`)).stdout).toBe('mine\n')
    await host.must(['rm', '-r', home])
    await nodes.close()
  })

  it('is a link of the operator that the cluster is made below, and that stays', async () => {
    const host = first()
    const nodes = nodesFor('4.2.1.8')
    await host.must([
      'bash',
      '-c',
      `mkdir -p /srv/big/ob; chown -R admin: /srv/big; ln -s /srv/big/ob ${home}`,
    ])
    const untouched = await traces(host)
    await installed(nodes)
    expect((await host.exec('ls /srv/big/ob')).stdout).toContain('bin')
    await installed(nodes)
    await takenBack(nodes)
    expect(await traces(host)).toBe(untouched)
    expect((await host.exec('stat -c %U /srv/big/ob; ls -A /srv/big/ob')).stdout).toBe('admin\n')
    await host.must(['rm', '-r', home, '/srv/big'])
    await nodes.close()
  })

  it('is a mount without leave to run programs, or without room: found before the first change', async () => {
    const host = first()
    const nodes = nodesFor('4.2.1.8')
    await host.must([
      'bash',
      '-c',
      `mkdir ${home}; mount -t tmpfs -o noexec,size=40m tmpfs ${home}; chown admin: ${home}`,
    ])
    const { message } = await reasonOf(preCheck(nodes.on(1, 'preCheck')))
    expect(message).toContain('which is mounted noexec')
    expect(message).toContain(`are free for the package (${home})`)
    await host.must(['bash', '-c', `umount ${home}; rmdir ${home}`])
    await nodes.close()
  })
})

describe('A package that rpm refuses is taken back without what it was refused for', () => {
  const refused = async (nodes: ReturnType<typeof nodesFor>, code: string) => {
    expect(await reasonOf(installRpm(nodes.on(1, 'installRpm')))).toMatchObject({ code })
    await removeRpm(nodes.on(1, 'installRpm'))
    await nodes.close()
  }
  const withFile = (file: string) =>
    createNodes(lab.hosts, { cluster: clusterOn(lab.hosts, '4.2.1.8'), file: packageFrom(file) })

  it('packages that it needs and the host has not', async () => {
    const host = first()
    await using made = await mkdtempDisposable(join(tmpdir(), 'obflow-needy-'))
    const needy = buildRpm(
      made.path,
      'oceanbase-ce',
      '/home/admin/oceanbase',
      'Requires: oceanbase-ce-libs = 4.2.1.8',
    )
    const glibc = buildRpm(made.path, 'glibc', '/usr/share/obflow-lab-glibc', '')
    await host.must(['bash', '-c', 'base64 -d >/root/glibc.rpm; rpm -i --nodeps /root/glibc.rpm'], {
      input: readFileSync(glibc, 'base64'),
    })
    const untouched = await traces(host)
    const nodes = nodesFor(community)
    expect((await reasonOf(preCheck(nodes.on(1, 'preCheck')))).message).toContain('needs jq')
    await nodes.close()
    await refused(withFile(needy), 'PKG10014')
    expect(await traces(host)).toBe(untouched)
    await host.must(['bash', '-c', 'rpm -e glibc; rm /root/glibc.rpm'])
  })

  it('a payload as it was built', async () => {
    const host = first()
    await using made = await mkdtempDisposable(join(tmpdir(), 'obflow-damaged-'))
    const untouched = await traces(host)
    const content = readFileSync(rpms['4.2.1.8'] ?? '')
    content[content.length - 100_000] = (content.at(-100_000) ?? 0) ^ 1
    const damaged = join(made.path, basename(rpms['4.2.1.8'] ?? ''))
    writeFileSync(damaged, content)
    await refused(withFile(damaged), 'TSK10005')
    expect(await traces(host)).toBe(untouched)
  })

  it('room at installPath', async () => {
    const host = first()
    const untouched = await traces(host)
    const home = '/home/admin/oceanbase'
    await host.must([
      'bash',
      '-c',
      `mkdir ${home}; mount -t tmpfs -o size=40m tmpfs ${home}; chown admin: ${home}`,
    ])
    await refused(nodesFor('4.2.1.8'), 'CMP07050')
    expect((await host.exec(`ls -A ${home}`)).stdout).toBe('')
    await host.must(['bash', '-c', `umount ${home}; rmdir ${home}`])
    expect(await traces(host)).toBe(untouched)
  })

  it('room on /tmp and for the ledger', async () => {
    const host = first()
    const nodes = nodesFor('4.2.1.8')
    const untouched = await traces(host)
    await installRpm(nodes.on(1, 'installRpm'))
    await makeDir(nodes.on(1, 'makeDir'))
    const full =
      'mount -t tmpfs -o size=64k,mode=1777 tmpfs /tmp; dd if=/dev/zero of=/tmp/fill bs=4k count=16'
    const state =
      'cp -a /var/lib/obflow /root/kept; mount -t tmpfs -o size=16k,mode=700 tmpfs /var/lib/obflow; cp -a /root/kept/. /var/lib/obflow'
    await host.must([
      'bash',
      '-c',
      `${full}; ${state}; dd if=/dev/zero of=/var/lib/obflow/fill bs=1k count=16 || true`,
    ])
    await removeDir(nodes.on(1, 'makeDir'))
    await removeRpm(nodes.on(1, 'installRpm'))
    await host.must([
      'bash',
      '-c',
      'ls /var/lib/obflow; umount /tmp; umount /var/lib/obflow; rm -rf /var/lib/obflow /root/kept',
    ])
    expect(await traces(host)).toBe(untouched)
    await nodes.close()
  })
})

/** The agents that there are, and where the package of each puts it. */
const agents = [
  ['t-oceanbase-ocp-agent', '4.2.0', '/home/admin/ocp_agent/bin/ocp_agentctl'],
  ['obagent', '4.2.2', '/home/admin/obagent/bin/ob_agentctl'],
  ['t-oceanbase-ocp-agent', '3.1.2', '/home/admin/ocp_agent/bin/ocp_agentd'],
] as const

const nodesWith = async (name: string, version: string) => {
  const [built] = await buildPackages(
    catalog.filter((item) => item.name === name && item.version === version),
  )
  const file = packageFrom(built?.path ?? '')
  const nodes = createNodes(lab.hosts, { cluster: clusterOn(lab.hosts, '4.2.1.8'), file })
  return { nodes, file }
}

describe.each(agents)('Prepare host with %s %s', (name, version, brings) => {
  it('reads the host, installs the agent where its package puts it, and takes it back', async () => {
    const host = first()
    const { nodes, file } = await nodesWith(name, version)
    const untouched = await traces(host)
    for (let round = 0; round < 2; round += 1) {
      await preCheckHost(nodes.prepare(1, 'preCheckHost'))
      await uninstallLegacyObagent(nodes.prepare(1, 'uninstallLegacyObagent'))
      await uninstallLegacyOcpAgent(nodes.prepare(1, 'uninstallLegacyOcpAgent'))
      expect(await installOcpAgent(nodes.prepare(1, 'installOcpAgent'))).toEqual({
        installed: round === 0,
      })
      await updateHostStatus(nodes.prepare(1, 'updateHostStatus'))
    }
    expect(nodes.inventory).toMatchObject({
      name: host.name,
      architecture: process.arch === 'arm64' ? 'aarch64' : 'x86_64',
      status: 'AVAILABLE',
      agent: { version: `${version}-${file.buildNumber}`, status: 'AVAILABLE' },
    })
    expect((await host.exec(`stat -c '%U %n' ${brings}`)).stdout).toBe(`admin ${brings}\n`)
    await removeOcpAgent(nodes.prepare(1, 'installOcpAgent'))
    expect(await traces(host)).toBe(untouched)
    await nodes.close()
  })
})

describe.each(agents)('The agent of %s %s', (name, version) => {
  const configurable = version !== '3.1.2'
  it('is brought, configured, started, and gone after its undo', async () => {
    const host = first()
    const { nodes } = await nodesWith(name, version)
    const untouched = await traces(host)
    expect(await refreshAgentConfig(nodes.on(1, 'refreshAgentConfig'))).toEqual({
      changed: configurable,
    })
    if (!configurable)
      expect(nodes.lines.join('\n')).toContain('only OCP can tell it what to watch')
    expect(await refreshAgentConfig(nodes.on(1, 'refreshAgentConfig'))).toEqual({ changed: false })
    await startAgent(nodes.on(1, 'startAgent'))
    await startAgent(nodes.on(1, 'startAgent'))
    await host.must([
      'bash',
      '-c',
      'for i in {1..100}; do ss -Hltn sport = 62888 | grep -q . && exit; sleep 0.1; done; exit 1',
    ])
    expect(nodes.inventory).toMatchObject({ agent: { status: 'AVAILABLE' } })
    expect(nodes.lines.join('\n')).not.toContain('Monitor-1-secret')
    await restoreAgentConfig(nodes.on(1, 'refreshAgentConfig'))
    expect(await traces(host)).toBe(untouched)
    expect((await host.exec(['pgrep', '-f', 'agent/bin/'])).stdout).toBe('')
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
    expect(reason.message).toContain(
      'maybe from another observer: /home/admin/oceanbase/etc/observer.config.bin is left over',
    )
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

  it('refuses a host without the memory that observer would be started with', async () => {
    const host = first()
    const nodes = nodesFor('4.2.1.8')
    await host.fault('memory', 7)
    const reason = await reasonOf(preCheck(nodes.on(1, 'preCheck')))
    await host.heal('memory')
    expect(reason).toMatchObject({ code: 'OBE19019' })
    expect(reason.message).toContain(
      'memory_limit would be 5.6 GiB (80 % of 7.0 GiB) and system_memory 1.0 GiB, which leaves 4.6 GiB for tenants; 5.0 GiB are needed',
    )
    await nodes.close()
  })

  it('refuses a disk that cannot hold the data file that observer would make', async () => {
    const host = first()
    const nodes = nodesFor('4.2.1.8')
    await host.fault('diskUsed', '/data/1', 15)
    const reason = await reasonOf(preCheck(nodes.on(1, 'preCheck')))
    await host.heal('diskUsed')
    expect(reason).toMatchObject({ code: 'CMP07050' })
    expect(reason.message).toContain('870.4 GiB are free for data (/data/1), 922.0 GiB are needed')
    await nodes.close()
  })

  it('needs no SSH between hosts, and finds the RPC port that one of them does not reach', async () => {
    const [, second] = lab.hosts
    if (!second) throw new Error('no second host')
    const nodes = nodesFor('4.2.1.8')
    const closed = (port: number) => `to ${first().ip} ipproto tcp dport ${port} unreachable`
    await second.must(['bash', '-c', `ip rule add ${closed(22)}`])
    await preCheck(nodes.on(2, 'preCheck'))
    await second.must(['bash', '-c', `ip rule add ${closed(2882)}`])
    const reason = await reasonOf(preCheck(nodes.on(1, 'preCheck')))
    await second.must(['bash', '-c', `ip rule del ${closed(22)}; ip rule del ${closed(2882)}`])
    expect(reason).toMatchObject({
      code: 'OBD-2007',
      message: `RPC port: ${second.ip} does not reach port 2882 of ${first().ip}`,
    })
    expect(await preCheck(nodes.on(1, 'preCheck'))).toEqual({ warnings: 0 })
    // The listener is gone, and was no program's port.
    const listening = await first().exec('cat /proc/[0-9]*/comm | grep -c obflow-listen')
    expect(listening.stdout.trim()).toBe('0')
    await nodes.close()
  })

  it('takes the address of a device that is not its first for no obstacle from 4.2 on only', async () => {
    const host = first()
    await host.must([
      'bash',
      '-c',
      `ip address replace 10.99.0.1/24 dev eth0; ip address del ${host.ip}/24 dev eth0; ip address add ${host.ip}/24 dev eth0`,
    ])
    const old = nodesFor('2.2.73')
    const reason = await reasonOf(preCheck(old.on(1, 'preCheck')))
    const current = nodesFor('4.2.1.8')
    await preCheck(current.on(1, 'preCheck'))
    await host.must(['ip', 'address', 'del', '10.99.0.1/24', 'dev', 'eth0'])
    expect(reason).toMatchObject({ code: 'OBD-1010' })
    expect(reason.message).toContain(`10.99.0.1 of eth0, not ${host.ip}`)
    await old.close()
    await current.close()
  })

  it('tells which clock is off, and by how much, and once it is set right not any more', async () => {
    const host = first()
    const nodes = nodesFor('4.2.1.8')
    await host.fault('clockSkew', 700)
    const reason = await reasonOf(preCheck(nodes.on(2, 'preCheck')))
    const own = await reasonOf(preCheck(nodes.on(1, 'preCheck')))
    await host.heal('clockSkew')
    // At once: an operator's script may be as quick.
    await preCheck(nodes.on(2, 'preCheck'))
    expect(own).toMatchObject({ code: 'CMP07021', host: host.ip })
    expect(reason).toMatchObject({ code: 'CMP07021', host: lab.hosts[1]?.ip })
    // How exact that is depends on how busy this machine is; the message says it.
    const [, apart, exactness] = /are (\d+) ± (\d+) ms apart/.exec(reason.message) ?? []
    expect(Math.abs(Number(apart) - 700)).toBeLessThanOrEqual(Number(exactness) + 1)
    expect(reason.message).toContain(`${host.ip} +${apart} ms`)
    await nodes.close()
  })
})
