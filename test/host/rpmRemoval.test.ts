import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { installPackage, type RpmWish, removePackage } from '../../src/host/rpm.ts'
import { sh } from '../../src/quote.ts'
import { createTestHosts, failureOf } from './hosts.ts'
import { startSshd, type TestSshd } from './sshd.ts'

const spec = `Name: thing
Version: 1.0
Release: 1
Summary: A thing
License: none
Prefix: /opt/thing
AutoReqProv: no
%description
A thing.
%install
mkdir -p %{buildroot}/opt/thing/bin %{buildroot}/opt/thing/lib
echo tool >%{buildroot}/opt/thing/bin/tool
echo a >%{buildroot}/opt/thing/lib/a
%files
/opt/thing
`
const tool = '/opt/thing/bin/tool'

/** Lies elsewhere than its prefix, and its scripts and it need directories that were not there. */
const linked = `Name: linked
Version: 1.0
Release: 1
Summary: A linked thing
License: none
Prefix: /opt/linked
AutoReqProv: no
%description
A linked thing.
%pre
rm -rf /opt/shared/lib
mkdir -p /opt/shared/lib
%post
ln -s /opt/vendor/linked-1.0/bin/tool /opt/shared/lib/tool.0
ln -sfn /opt/vendor/linked-1.0 /opt/vendor/linked
%install
mkdir -p %{buildroot}/opt/vendor/linked-1.0/bin
echo tool >%{buildroot}/opt/vendor/linked-1.0/bin/tool
mkdir -p %{buildroot}/opt/units/wants
echo unit >%{buildroot}/opt/units/wants/linked.service
%files
/opt/units/wants/linked.service
%dir /opt/vendor/linked-1.0/bin
/opt/vendor/linked-1.0/bin/tool
`

let sshd: TestSshd
let wish: RpmWish
const { pool, host } = createTestHosts()

/** A package built from a spec. */
function wishFor(name: string, text: string): Pick<RpmWish, 'taskId' | 'file' | 'owner'> {
  const topdir = join(sshd.directory, 'files')
  writeFileSync(join(topdir, `${name}.spec`), text)
  const defines = ['--define', `_topdir ${topdir}`, '--target', 'x86_64', '--quiet']
  execFileSync('rpmbuild', ['-bb', ...defines, join(topdir, `${name}.spec`)], { stdio: 'pipe' })
  const fileName = `${name}-1.0-1.x86_64.rpm`
  const path = join(topdir, 'RPMS/x86_64', fileName)
  const content = readFileSync(path)
  const sha256 = createHash('sha256').update(content).digest('hex')
  const parts = { name, version: '1.0', release: '1', architecture: 'x86_64' }
  return {
    taskId: 7,
    file: { fileName, path, sha256, size: content.length, ...parts },
    owner: 'root',
  }
}

beforeAll(async () => {
  sshd = await startSshd()
  wish = { ...wishFor('thing', spec), prefix: '/opt/thing', brings: tool }
  // The machine's own packages and /opt are left alone.
  await host(sshd.access()).must(sh`mount -t tmpfs none /opt && mount -t tmpfs none /var/lib`)
})
afterAll(async () => {
  await pool.close()
  await sshd.stop()
})

test('a package that rpm could not remove whole fails its removal, every time, until it is gone', async () => {
  const target = host(sshd.access())
  expect(await installPackage(target, wish, () => undefined)).toBe('installed')
  // The kernel lets nobody remove it; rpm -e only warns.
  await target.must(sh`mount --bind /etc/hosts ${tool}`)
  for (const _ of [1, 2])
    expect(await failureOf(removePackage(target, wish))).toMatchObject({
      kept: {
        code: 'TSK10005',
        message: expect.stringContaining(`still there after rpm -e: ${tool}`),
      },
    })
  await target.must(sh`umount ${tool} && rm ${tool}`)
  await removePackage(target, wish)
  expect(await target.must(sh`ls -A /opt; ls -A /var/lib/obflow 2>/dev/null || true`)).toBe('')
})

test('a package that goes at once leaves nothing, and its removal may be repeated', async () => {
  const target = host(sshd.access())
  await installPackage(target, wish, () => undefined)
  expect(await removePackage(target, wish)).toBe('removed')
  expect(await removePackage(target, wish)).toBe('unchanged')
  expect(await target.must(sh`ls -A /opt; ls -A /var/lib/obflow 2>/dev/null || true`)).toBe('')
})

test('a package that stays where it is built for is moved by no prefix, and takes along what its scripts linked', async () => {
  const target = host(sshd.access())
  const home = '/opt/vendor/linked-1.0'
  const fixed: RpmWish = {
    ...wishFor('linked', linked),
    prefix: home,
    fixed: true,
    brings: `${home}/bin/tool`,
    fills: ['log'],
  }
  const before = await target.must(sh`find /opt`)
  expect(await installPackage(target, fixed, () => undefined)).toBe('installed')
  await target.must(
    sh`mkdir ${home}/log && readlink -e /opt/vendor/linked/bin/tool && readlink -e /opt/shared/lib/tool.0`,
  )
  expect(await installPackage(target, fixed, () => undefined)).toBe('unchanged')
  expect(await removePackage(target, fixed)).toBe('removed')
  expect(await target.must(sh`find /opt; ls -A /var/lib/obflow 2>/dev/null || true`)).toBe(before)
})
