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

let sshd: TestSshd
let wish: RpmWish
const { pool, host } = createTestHosts()

beforeAll(async () => {
  sshd = await startSshd()
  const topdir = join(sshd.directory, 'files')
  writeFileSync(join(topdir, 'thing.spec'), spec)
  const defines = ['--define', `_topdir ${topdir}`, '--target', 'x86_64', '--quiet']
  execFileSync('rpmbuild', ['-bb', ...defines, join(topdir, 'thing.spec')], { stdio: 'pipe' })
  const path = join(topdir, 'RPMS/x86_64/thing-1.0-1.x86_64.rpm')
  const content = readFileSync(path)
  wish = {
    taskId: 7,
    file: {
      fileName: 'thing-1.0-1.x86_64.rpm',
      path,
      sha256: createHash('sha256').update(content).digest('hex'),
      size: content.length,
      name: 'thing',
      version: '1.0',
      release: '1',
      architecture: 'x86_64',
    },
    prefix: '/opt/thing',
    brings: tool,
    owner: 'root',
  }
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
      reason: {
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
