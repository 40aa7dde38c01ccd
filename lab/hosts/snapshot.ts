import type { LabHost } from './host.ts'

/** What of a host's files is not compared, and why. Whole trees; everything else on the host is. */
const notCompared = {
  '/proc': 'the kernel, not files',
  '/sys': 'the kernel, not files',
  '/dev': 'the kernel, not files',
  '/usr': 'half a million files of the machine; compared by what has changed since the host was switched on',
  '/var/lib/rpm': "rpm's database has new pages after every install; compared by what rpm lists",
  '/var/log/sshd.log': 'a line for every login',
  '/var/lib/obflow/packages': 'where packages lie on their way: removed when it is empty, whoever made it',
  '/home/admin/ocp_agent/log': 'what the agent did meanwhile; the agent itself was there before',
} as const

/** The SSH server's own processes: a session stays until its idle connection is closed, and the listener's title counts logins. */
const sshServer = /\ssshd(-session)?: /

/** All that is on a host and runs on it: files with owner, mode, link target and content, packages, processes. */
export interface HostSnapshot {
  readonly files: readonly string[]
  readonly contents: readonly string[]
  readonly packages: readonly string[]
  readonly processes: readonly string[]
}

/** What a host is like now, each list sorted. Without `contents` where files come and go meanwhile: a database that runs. */
export async function snapshot(host: LabHost, { contents: read = true } = {}): Promise<HostSnapshot> {
  const leftOut = Object.keys(notCompared).flatMap((path, index) => [...(index === 0 ? [] : ['-o']), '-path', path])
  const all = ['find', '/', '-ignore_readdir_race', '(', ...leftOut, ')', '-prune', '-o']
  const lines = async (command: readonly string[]) => (await host.must(command)).split('\n').filter(Boolean).sort()
  const everywhere = [...all, '-printf', '%y %u:%g %m %p -> %l\\n']
  const changed = ['find', '/usr', '-ignore_readdir_race', '-newercm', '/run/sshd.pid', '-printf', '%y %u:%g %m %p -> %l\\n']
  const sums = [...all, '-type', 'f', '-size', '-1024k', '-exec', 'md5sum', '{}', '+']
  const [files, inUsr, contents, packages] = await Promise.all([
    lines(everywhere),
    lines(changed),
    read ? lines(sums) : [],
    lines(['rpm', '-qa']),
  ])
  // Alone, or the commands above would be among them.
  const processes = await lines(['ps', '--ppid', '2', '--deselect', '-o', 'user:20,args'])
  return { files: [...files, ...inUsr], contents, packages, processes: processes.filter((line) => !sshServer.test(line)) }
}
