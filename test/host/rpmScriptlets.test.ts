import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { catalog, type LabPackage } from '../../lab/packages/index.ts'
import { specOf } from '../../lab/packages/spec.ts'
import {
  installPackages,
  packageFiles,
  type RpmFile,
  type RpmWish,
  removePackages,
} from '../../src/host/rpm.ts'
import { sh } from '../../src/quote.ts'
import { createTestHosts } from './hosts.ts'
import { startSshd, type TestSshd } from './sshd.ts'

// The names, files, Requires and scriptlets of OceanBase CE 4.2.5, without what makes them large.
// Source of the scriptlets: kernel, tools/systemd/profile/*.template.

const home = '/opt/ob'
const { pool, host } = createTestHosts()
let sshd: TestSshd
let libs: RpmFile
let server: RpmFile

/** The lab's package with empty files, for another prefix, built on this machine. */
function build({ name, version, release, ...item }: LabPackage, prefix: string): RpmFile {
  const moved = (text: string): string => text.replaceAll('/home/admin/oceanbase', prefix)
  const topdir = join(sshd.directory, 'files', name)
  const buildRoot = join(topdir, 'root')
  const contents = item.contents.filter(
    ({ kind, at }) => kind === 'text' || kind === 'link' || at === 'bin/observer',
  )
  const scripts = Object.fromEntries(
    Object.entries(item.scripts ?? {}).map(([when, shell]) => [when, moved(shell)]),
  )
  const light: LabPackage = { ...item, name, version, release, prefix, contents, scripts }
  mkdirSync(topdir)
  for (const content of contents) {
    const path = join(buildRoot, prefix, content.at)
    mkdirSync(join(path, '..'), { recursive: true })
    writeFileSync(path, content.kind === 'text' ? moved(content.text) : '')
  }
  const spec = join(topdir, `${name}.spec`)
  // Owned by whoever installs, as there is no admin here.
  writeFileSync(spec, specOf(light).replaceAll('(-,admin,admin,-)', '(-,root,root,-)'))
  const words = ['-bb', '--quiet', '--target', 'x86_64', '--buildroot', buildRoot]
  execFileSync('rpmbuild', [...words, '--noclean', '--define', `_topdir ${topdir}`, spec], {
    stdio: 'pipe',
  })
  const fileName = `${name}-${version}-${release}.x86_64.rpm`
  const path = join(topdir, 'RPMS/x86_64', fileName)
  const content = readFileSync(path)
  const sha256 = createHash('sha256').update(content).digest('hex')
  const size = content.length
  return { fileName, path, sha256, size, name, version, release, architecture: 'x86_64' }
}

const labPackage = (name: string): LabPackage => {
  const found = catalog.find((item) => item.name === name && item.version === '4.2.5.0')
  if (!found) throw new Error(`the lab has no ${name}`)
  return found
}

/** A set of packages that list files alone: libraries, server and tools. */
let folderless: readonly [RpmFile, RpmFile, RpmFile]

beforeAll(async () => {
  sshd = await startSshd()
  libs = build(labPackage('oceanbase-ce-libs'), home)
  server = build(labPackage('oceanbase-ce'), home)
  const { requires: _, scripts: __, ...plain } = labPackage('oceanbase-ce')
  const { fixed: ___, root: ____, ...tools } = labPackage('oceanbase-ce-utils')
  const own = { kind: 'text', at: 'lib/own/observer.so', text: '' } as const
  const contents = [...plain.contents, own]
  folderless = [
    build({ ...labPackage('oceanbase-ce-libs'), name: 'spec-libs', rootsFiles: true }, home),
    build({ ...plain, name: 'spec', contents, rootsFiles: true }, home),
    build({ ...tools, name: 'spec-utils', rootsFiles: true }, '/opt/tools'),
  ]
  // A glibc of rpm's is what makes a host one whose dependencies count.
  const files = join(sshd.directory, 'files')
  for (const name of ['glibc', 'jq', 'systemd']) {
    const spec = `Name: ${name}\nVersion: 1\nRelease: 1\nSummary: x\nLicense: none\nProvides: /bin/sh\nBuildArch: noarch\n%description\nx\n%files\n`
    writeFileSync(join(files, `${name}.spec`), spec)
    const define = ['--define', `_topdir ${files}`]
    execFileSync('rpmbuild', ['-bb', '--quiet', ...define, join(files, `${name}.spec`)], {
      stdio: 'pipe',
    })
  }
  const target = host(sshd.access())
  // The machine's own packages, /opt and /etc are left alone.
  await target.must(sh`mount -t tmpfs -o mode=755 none /opt; mount -t tmpfs none /var/lib; mount -t tmpfs none /var/log
mkdir /var/lib/etc; cp -a /etc/. /var/lib/etc; mount --bind /var/lib/etc /etc; mkdir -p /etc/systemd/system`)
})
afterAll(async () => {
  await pool.close()
  await sshd.stop()
})

const wishes = (prefix: string): readonly RpmWish[] => [
  { taskId: 7, file: libs, prefix, owner: 'root' },
  { taskId: 7, file: server, prefix, brings: `${prefix}/bin/observer`, owner: 'root' },
]

/** Everything that an install could touch, with modes, owners, sizes and contents. */
const traces = (): Promise<string> =>
  host(sshd.access()).must(sh`rpm -qa | sort
find /opt /etc /var/log /var/lib/obflow -printf '%p %y %m %u %l\n' 2>/dev/null | sort
find /opt /etc -type f -exec sha256sum {} + 2>/dev/null | sort`)

const install = (prefix = home) =>
  installPackages(host(sshd.access()), wishes(prefix), () => undefined)
const remove = (prefix = home) => removePackages(host(sshd.access()), wishes(prefix))

describe('OceanBase CE, server and libraries', () => {
  let before: string
  beforeEach(async () => {
    before = await traces()
  })

  it('are installed in order and leave a host as it was, /etc and units included', async () => {
    expect(await install()).toBe('installed')
    const { stdout } = await host(sshd.access()).run(
      sh`ls /etc/oceanbase.cnf /etc/systemd/system/oceanbase.service ${home}/lib/libaio.so.1 /var/log`,
      { title: 'look' },
    )
    expect(stdout).toContain('/etc/systemd/system/oceanbase.service')
    expect(stdout).not.toContain('telemetry')
    expect(await install()).toBe('unchanged')
    expect(await remove()).toBe('removed')
    expect(await traces()).toBe(before)
    expect(await remove()).toBe('unchanged')
  })

  it('give back what their scriptlets overwrote and removed', async () => {
    const target = host(sshd.access())
    await target.must(sh`echo mine >/etc/oceanbase.cnf; chmod 640 /etc/oceanbase.cnf`)
    const mine = await traces()
    await install()
    await remove()
    expect(await traces()).toBe(mine)
    await target.must(sh`rm /etc/oceanbase.cnf`)
  })

  it('leave nothing at the prefix they were built for when they went elsewhere', async () => {
    await host(sshd.access()).must(sh`mkdir ${home}`)
    const mine = await traces()
    await install('/opt/elsewhere')
    expect(await packageFiles(host(sshd.access()), server)).toContain('/opt/elsewhere/bin/observer')
    await remove('/opt/elsewhere')
    expect(await traces()).toBe(mine)
    await host(sshd.access()).must(sh`rmdir ${home}`)
  })

  it('are mended although %pre refuses to run where the package is', async () => {
    await install()
    await host(sshd.access()).must(sh`rm ${home}/bin/observer`)
    expect(await install()).toBe('installed')
    expect(await host(sshd.access()).must(sh`rpm -V --nodeps --nomode oceanbase-ce`)).toBe('')
    await remove()
    expect(await traces()).toBe(before)
  })

  it('that were there damaged stay when a task that mended them is rolled back', async () => {
    const target = host(sshd.access())
    await install()
    await target.must(sh`rm -r /var/lib/obflow; rm ${home}/bin/observer`)
    expect(await install()).toBe('installed')
    expect(await remove()).toBe('unchanged')
    expect(await target.must(sh`rpm -q oceanbase-ce && ls ${home}/bin/observer`)).toContain(home)
    await target.must(sh`TELEMETRY_MODE=0 rpm -e oceanbase-ce oceanbase-ce-libs; rm -rf ${home}`)
  })

  it('name the packages of the host that they need', async () => {
    const target = host(sshd.access())
    const system = ['glibc'].map((name) =>
      join(sshd.directory, `files/RPMS/noarch/${name}-1-1.noarch.rpm`),
    )
    await target.must(sh`rpm -i ${system}`)
    const found = await traces()
    await expect(install()).rejects.toMatchObject({
      kept: { code: 'PKG10014', message: expect.stringContaining('jq is needed by') },
    })
    await remove()
    expect(await traces()).toBe(found)
    const needed = ['jq', 'systemd'].map((name) =>
      join(sshd.directory, `files/RPMS/noarch/${name}-1-1.noarch.rpm`),
    )
    await target.must(sh`rpm -i ${needed}`)
    const ready = await traces()
    expect(await install()).toBe('installed')
    await remove()
    expect(await traces()).toBe(ready)
    await target.must(sh`rpm -e glibc jq systemd`)
  })
})

// Source: oceanbase rpm/oceanbase.spec, %files, by which 4.3 and later are built on Anolis.
describe('packages that list files alone, all of them root’s', () => {
  it('have their folders given to the OS user too, and take them with them, whoever of the set has files there', async () => {
    const target = host(sshd.access())
    await target.must(sh`mkdir -p /opt/spec/own /opt/spec/etc; chown nobody: /opt/spec`)
    const before = await traces()
    const prefix = '/opt/spec'
    const brings = `${prefix}/bin/observer`
    const [first, second, third] = folderless
    const common = { taskId: 8, owner: 'nobody' }
    const set = [
      { ...common, file: first, prefix },
      { ...common, file: second, prefix, brings },
      { ...common, file: third },
    ]
    await installPackages(target, set.slice(0, 2), () => undefined)
    await installPackages(target, set.slice(2), () => undefined)
    const others = await target.must(sh`find ${prefix} ! -user nobody`)
    expect(others.trim()).toBe('/opt/spec/own')
    expect(await target.must(sh`stat -c %U ${prefix}/etc ${prefix}/bin`)).toBe('nobody\nnobody\n')
    expect(await installPackages(target, set, () => undefined)).toBe('unchanged')
    // As an agent that the task found there is looked for first.
    const agent = { ...common, file: libs, prefix: '/opt/agent' }
    expect(await removePackages(target, [agent])).toBe('unchanged')
    await removePackages(target, set)
    expect(await traces()).toBe(before)
    await target.must(sh`rm -r /opt/spec`)
  })
})
