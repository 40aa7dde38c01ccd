import { join } from 'node:path'

/**
 * What is mounted in a host, besides its root and /usr, as a file for `mount --all`. The settings
 * below /proc/sys belong to the whole machine: vm and fs are the host's own copies, kernel may only
 * be read; net belongs to the host's network namespace anyway. Memory and the disks of OceanBase
 * are shown as those of a machine that is made for it.
 */
export function fstabOf(dir: string, node: string): string {
  const root = join(dir, 'root')
  const mounts: readonly (readonly [what: string, where: string, type: string, options: string])[] =
    [
      ['proc', 'proc', 'proc', 'defaults'],
      // Half a thousand links into /usr: to copy them would be most of the work of making a host.
      ['/etc/alternatives', 'etc/alternatives', 'none', 'bind,ro'],
      [join(dir, 'memory/sysctl/vm'), 'proc/sys/vm', 'none', 'bind'],
      [join(dir, 'memory/sysctl/fs'), 'proc/sys/fs', 'none', 'bind'],
      [join(root, 'proc/sys/kernel'), 'proc/sys/kernel', 'none', 'bind,ro'],
      [join(dir, 'memory/sysctl/meminfo'), 'proc/meminfo', 'none', 'bind'],
      // The real one first: what is bound over it calls it.
      ['/usr/bin/df', 'opt/obflow-lab/df', 'none', 'bind,ro'],
      [join(import.meta.dirname, 'df.sh'), 'usr/bin/df', 'none', 'bind,ro'],
      ['sysfs', 'sys', 'sysfs', 'ro'],
      ['run', 'run', 'tmpfs', 'mode=755'],
      [join(dir, 'memory/dev'), 'dev', 'none', 'bind'],
      ['devpts', 'dev/pts', 'devpts', 'newinstance,ptmxmode=0666,mode=620,gid=5'],
      ['shm', 'dev/shm', 'tmpfs', 'mode=1777'],
      [node, 'opt/obflow-lab/node', 'none', 'bind'],
    ]
  return mounts
    .map(
      ([what, where, type, options]) =>
        `${[what, join(root, where)].map(escapeBlanks).join(' ')} ${type} ${options} 0 0\n`,
    )
    .join('')
}

/** fstab separates by blanks; one inside a path is written in octal. */
const escapeBlanks = (path: string): string =>
  path.replaceAll('\\', '\\134').replaceAll(' ', '\\040').replaceAll('\t', '\\011')
