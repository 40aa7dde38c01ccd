import {
  chmodSync,
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readlinkSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { disksFile, disksShown } from './disks.ts'
import { limitsFile } from './limits.ts'
import { run } from './run.ts'
import { copySysctl } from './sysctl.ts'

/** admin as OceanBase's own packages and OCP know it: uid 500, gid 500. */
export const adminId = 500

/**
 * What a host takes over from the build machine's /etc. All else there (keys, tokens, accounts)
 * stays invisible.
 */
const sharedEtc = [
  'ld.so.cache',
  'ld.so.conf',
  'ld.so.conf.d',
  'pam.d',
  'security',
  'protocols',
  'services',
  'localtime',
  'login.defs',
  'os-release',
  'debian_version',
]

/**
 * Folders of a fresh host: path, mode, and owner where it is not root. /data/1 and /data/log1 stand
 * for OCP's data and log disks.
 */
const folders: readonly (readonly [path: string, mode: number, owner?: number])[] = [
  ...['dev', 'proc', 'sys', 'run', 'mnt', 'opt', 'srv', 'usr', 'home', 'data', 'etc'].map(
    (path) => [path, 0o755] as const,
  ),
  ...[
    'etc/alternatives',
    'etc/rpm',
    'etc/ssh',
    'etc/systemd',
    'etc/systemd/system',
    'etc/obflow-lab',
    'opt/obflow-lab',
    'var',
    'var/cache',
    'var/empty',
    'var/lib',
    'var/log',
    'var/spool',
  ].map((path) => [path, 0o755] as const),
  ...['tmp', 'var/tmp'].map((path) => [path, 0o1777] as const),
  ['etc/sudoers.d', 0o750],
  ['root', 0o700],
  ['root/.ssh', 0o700],
  ['home/admin', 0o755, adminId],
  ['data/1', 0o755, adminId],
  ['data/log1', 0o755, adminId],
]

const secure =
  'Defaults env_reset, !requiretty\nDefaults env_file=/etc/obflow-lab/sudo.env\nDefaults secure_path="/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"\n'

function files(
  rootPublicKey: string,
  adminHash: string,
): readonly (readonly [path: string, text: string, mode: number])[] {
  return [
    [
      'etc/passwd',
      `root:x:0:0:root:/root:/bin/bash\nnobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin\nsshd:x:74:65534::/run/sshd:/usr/sbin/nologin\nadmin:x:${adminId}:${adminId}::/home/admin:/bin/bash\n`,
      0o644,
    ],
    ['etc/group', `root:x:0:\ntty:x:5:\nnogroup:x:65534:\nadmin:x:${adminId}:\n`, 0o644],
    // '*' is no password but no lock either: sshd without PAM refuses even the key of a locked
    // account ('!').
    [
      'etc/shadow',
      `root:*:19000:0:99999:7:::\nnobody:*:19000:0:99999:7:::\nsshd:*:19000:0:99999:7:::\nadmin:${adminHash}:19000:0:99999:7:::\n`,
      0o600,
    ],
    ['etc/gshadow', 'root:*::\ntty:*::\nnogroup:*::\nadmin:*::\n', 0o600],
    [
      'etc/nsswitch.conf',
      'passwd: files\ngroup: files\nshadow: files\nhosts: files\nservices: files\nprotocols: files\n',
      0o644,
    ],
    ['etc/resolv.conf', '', 0o644],
    [
      'etc/profile',
      'export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin\n. /etc/bash.bashrc\n',
      0o644,
    ],
    ['etc/bash.bashrc', `. /${limitsFile}\n`, 0o644],
    [limitsFile, '', 0o644],
    ['etc/sudoers', `${secure}root ALL=(ALL:ALL) ALL\n@includedir /etc/sudoers.d\n`, 0o440],
    ['etc/sudoers.d/admin', 'admin ALL=(ALL) NOPASSWD: ALL\n', 0o440],
    // Debian's rpm keeps its database in the caller's home; el7 keeps it here.
    ['etc/rpm/macros.obflow-lab', '%_dbpath /var/lib/rpm\n', 0o644],
    ['etc/obflow-lab/faults.json', '{}\n', 0o644],
    ['root/.ssh/authorized_keys', `${rootPublicKey}\n`, 0o600],
    [disksFile, disksShown(), 0o644],
    ['opt/obflow-lab/node', '', 0o755],
    ['opt/obflow-lab/df', '', 0o755],
  ]
}

/**
 * Makes, once per lab, what its hosts begin with: the root tree that each copies, and the devices
 * and settings each loads into memory.
 */
export async function makeTemplate(
  template: string,
  rootPublicKey: string,
  adminHash: string,
): Promise<void> {
  await Promise.all([
    makeRoot(join(template, 'root'), rootPublicKey, adminHash),
    makeDevices(join(template, 'dev')),
  ])
  copySysctl(join(template, 'sysctl'))
}

/** Its /usr stays empty: the build machine's shines through there. */
async function makeRoot(root: string, rootPublicKey: string, adminHash: string): Promise<void> {
  for (const [path, mode, owner] of folders) {
    mkdirSync(join(root, path), { recursive: true })
    chmodSync(join(root, path), mode)
    if (owner) chownSync(join(root, path), owner, owner)
  }
  for (const [path, text, mode] of files(rootPublicKey, adminHash)) {
    writeFileSync(join(root, path), text)
    chmodSync(join(root, path), mode)
  }
  for (const name of readdirSync('/').filter(
    (entry) =>
      lstatSync(`/${entry}`).isSymbolicLink() && readlinkSync(`/${entry}`).startsWith('usr/'),
  )) {
    symlinkSync(readlinkSync(`/${name}`), join(root, name))
  }
  symlinkSync('/run', join(root, 'var/run'))
  symlinkSync('/proc/mounts', join(root, 'etc/mtab'))
  const shared = sharedEtc.map((name) => `/etc/${name}`).filter((path) => existsSync(path))
  await run(['cp', '-a', ...shared, join(root, 'etc')])
  await run(['rpm', '--dbpath', join(root, 'var/lib/rpm'), '--initdb'])
}

async function makeDevices(dev: string): Promise<void> {
  for (const folder of ['pts', 'shm']) mkdirSync(join(dev, folder), { recursive: true })
  const links = {
    ptmx: 'pts/ptmx',
    fd: '/proc/self/fd',
    stdin: '/proc/self/fd/0',
    stdout: '/proc/self/fd/1',
    stderr: '/proc/self/fd/2',
  }
  for (const [name, target] of Object.entries(links)) symlinkSync(target, join(dev, name))
  await run([
    'cp',
    '-a',
    ...['null', 'zero', 'full', 'random', 'urandom', 'tty'].map((name) => `/dev/${name}`),
    dev,
  ])
}
