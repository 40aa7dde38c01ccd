import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, globSync, mkdtempSync, readFileSync, readlinkSync, rmSync } from 'node:fs'
import { networkInterfaces, tmpdir } from 'node:os'
import { basename, join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { isAlive, type ProcessId } from '../../lab/hosts/processes.ts'
import { entries, uplinkOf } from '../../lab/hosts/registry.ts'
import { buildPackages, catalog, createLab, type Lab, type LabHost } from '../../lab/index.ts'
import { sshRun } from './ssh.ts'

const repository = resolve(import.meta.dirname, '../..')

const asRoot = (host: LabHost, command: string) =>
  sshRun({ host: host.ip, ...host.users.root }, command)
const asAdmin = (host: LabHost, command: string) =>
  sshRun({ host: host.ip, ...host.users.admin }, command)

/** All by which a lab could be noticed on this machine. */
interface Traces {
  readonly processes: readonly ProcessId[]
  readonly networks: readonly string[]
  readonly uplink: string
  readonly dir: string
  readonly name: string
}

function tracesOf(lab: Lab): Traces {
  const processes = [
    ...lab.hosts.flatMap((host) => host.processes()),
    ...(entries().find(({ name }) => name === lab.name)?.processes ?? []),
  ]
  const networks = processes.map(({ pid }) => readlinkSync(`/proc/${pid}/ns/net`))
  return {
    processes,
    networks,
    uplink: uplinkOf(lab.subnet.replace(/\.0\/24$/, '')),
    dir: lab.dir,
    name: lab.name,
  }
}

/** The network namespaces of all processes on this machine. */
function networksInUse(): string[] {
  return globSync('/proc/[0-9]*').flatMap((folder) => {
    try {
      return [readlinkSync(join(folder, 'ns/net'))]
    } catch {
      return []
    }
  })
}

function expectGone(traces: Traces): void {
  expect(traces.processes.filter(isAlive)).toEqual([])
  expect(networksInUse().filter((network) => traces.networks.includes(network))).toEqual([])
  expect(Object.keys(networkInterfaces())).not.toContain(traces.uplink)
  expect(readFileSync('/proc/self/mountinfo', 'utf8')).not.toContain(traces.dir)
  expect(entries().map(({ name }) => name)).not.toContain(traces.name)
}

describe('hosts of one lab', () => {
  let lab: Lab
  let first: LabHost
  let second: LabHost

  beforeAll(async () => {
    lab = await createLab({ hosts: 2 })
    const [one, two] = lab.hosts
    if (!one || !two) throw new Error('two hosts were asked for')
    first = one
    second = two
  })
  afterAll(() => lab?.destroy())

  test('root logs in by key', async () => {
    expect(await asRoot(first, 'id -un; hostname')).toEqual({
      code: 0,
      output: `root\n${first.name}\n`,
    })
  })

  test('admin logs in by password and may use sudo without one', async () => {
    expect(await asAdmin(first, 'id -u; pwd; sudo id -un')).toEqual({
      code: 0,
      output: '500\n/home/admin\nroot\n',
    })
  })

  test('a wrong password is refused', async () => {
    await expect(
      sshRun({ host: first.ip, username: 'admin', password: 'wrong' }, 'true'),
    ).rejects.toThrow(/authentication/)
  })

  test('hosts reach each other and the machine', async () => {
    const machine = lab.subnet.replace(/0\/24$/, '1')
    const { output } = await asRoot(
      first,
      `for to in ${second.ip} ${second.name} ${machine}; do ping -c1 -W2 $to >/dev/null && echo reached; done`,
    )
    expect(output).toBe('reached\n'.repeat(3))
  })

  test('the files of this repository and of the machine’s users are not there', async () => {
    expect(await asRoot(first, `ls ${repository}`)).toMatchObject({ code: 2 })
    const { output } = await asRoot(first, 'ls -A /root /home/admin /data/1 /data/log1 /srv /mnt')
    expect(output.split('\n')).not.toContain(basename(repository))
    expect(await asRoot(first, 'ls -A ~; ls -A /home')).toEqual({
      code: 0,
      output: '.ssh\nadmin\n',
    })
  })

  test('a session has the limits of a host prepared for OceanBase', async () => {
    expect(await asAdmin(first, 'ulimit -n; ulimit -u; ulimit -c; ulimit -s')).toEqual({
      code: 0,
      output: '655350\n655360\nunlimited\nunlimited\n',
    })
  })

  test('kernel settings can be changed without changing the machine', async () => {
    const before = readFileSync('/proc/sys/vm/swappiness', 'utf8')
    expect(
      await asRoot(first, 'sysctl -qw vm.swappiness=33 && cat /proc/sys/vm/swappiness'),
    ).toEqual({ code: 0, output: '33\n' })
    expect(readFileSync('/proc/sys/vm/swappiness', 'utf8')).toBe(before)
    expect(await asRoot(second, 'cat /proc/sys/vm/swappiness')).toEqual({ code: 0, output: '0\n' })
  })

  test('the programs of the lab find their Node, as admin too', async () => {
    expect(await asAdmin(first, '/opt/obflow-lab/node --version')).toEqual({
      code: 0,
      output: expect.stringMatching(/^v2[4-9]/),
    })
  })

  test('a package installs into an empty rpm database, on this host only, with files owned by admin', async () => {
    const [built] = await buildPackages(
      catalog.filter(({ name, version }) => name === 'oceanbase' && version.startsWith('4.2')),
    )
    const rpm = readFileSync(built?.path ?? '').toString('base64')
    expect(await asRoot(first, 'rpm -qa')).toEqual({ code: 0, output: '' })
    await first.must(['bash', '-c', 'base64 -d > /tmp/ob.rpm'], { input: rpm })
    expect(await asRoot(first, 'rpm -i --nodeps /tmp/ob.rpm && rpm -q oceanbase')).toMatchObject({
      code: 0,
      output: expect.stringMatching(/^oceanbase-4\.2/m),
    })
    expect(
      await asRoot(first, 'find /home/admin/oceanbase ! -user admin -o ! -group admin'),
    ).toEqual({ code: 0, output: '' })
    expect(
      await asRoot(
        first,
        'test -x /home/admin/oceanbase/bin/observer -a -x /home/admin/oceanbase/lib/seekdb/seekdb',
      ),
    ).toMatchObject({ code: 0 })
    expect(await asRoot(second, 'rpm -qa')).toEqual({ code: 0, output: '' })
  })

  test('orphans are reaped', async () => {
    await first.must(['bash', '-c', '(setsid true &)'])
    expect(await first.must(['ps', '-e', '-o', 'stat='])).not.toMatch(/^Z/m)
  })
})

test('destroy leaves nothing, not even what was started on the hosts', async () => {
  const lab = await createLab({ hosts: 2 })
  await Promise.all(
    lab.hosts.map((host) => host.must(['bash', '-c', 'setsid sleep 1000 >/dev/null 2>&1 &'])),
  )
  const traces = tracesOf(lab)
  await lab.destroy()
  expectGone(traces)
  expect(existsSync(lab.dir)).toBe(false)
})

test('labs run beside each other, each in its own network', async () => {
  await using one = await createLab({ hosts: 1 })
  await using two = await createLab({ hosts: 1 })
  expect(one.subnet).not.toBe(two.subnet)
  const [host] = two.hosts
  expect(await one.hosts[0]?.exec(['ping', '-c1', '-W1', host?.ip ?? ''])).not.toMatchObject({
    code: 0,
  })
})

test('a lab whose owner was killed is cleared away by the next one', async () => {
  const name = `orphan-${process.pid}`
  const owner = spawn(
    process.execPath,
    [join(repository, 'lab/cli.ts'), 'up', '--hosts', '1', '--name', name],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  )
  for await (const line of createInterface({ input: owner.stdout }))
    if (line.startsWith('Ctrl-C')) break
  const entry = entries().find((each) => each.name === name)
  if (!entry) throw new Error('lab up recorded nothing')
  owner.kill('SIGKILL')
  await once(owner, 'exit')
  await using next = await createLab({ hosts: 1 })
  expect(next.name).not.toBe(name)
  expectGone({
    ...entry,
    networks: [],
    uplink:
      uplinkOf(entry.prefix) === uplinkOf(next.subnet.replace(/\.0\/24$/, ''))
        ? ''
        : uplinkOf(entry.prefix),
  })
  expect(existsSync(entry.dir)).toBe(false)
})

test('a kept lab comes back with the same hosts: addresses, keys, password and files', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'obflow-kept-'))
  const options = { hosts: 1, name: `kept-${process.pid}`, keep: true, dir }
  const identity = (lab: Lab) => lab.hosts.map(({ ip, hostKey, users }) => ({ ip, hostKey, users }))
  try {
    const lab = await createLab(options)
    const before = identity(lab)
    await lab.hosts[0]?.must([
      'bash',
      '-c',
      'echo kept > /data/1/file; echo kept > /usr/local/bin/file',
    ])
    await lab.destroy()
    await using again = await createLab(options)
    expect(identity(again)).toEqual(before)
    expect(await again.hosts[0]?.must(['cat', '/data/1/file', '/usr/local/bin/file'])).toBe(
      'kept\nkept\n',
    )
  } finally {
    rmSync(dir, { recursive: true, force: true })
  }
})
