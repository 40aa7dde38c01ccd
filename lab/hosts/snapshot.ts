import { lstatSync } from 'node:fs'
import type { LabHost } from './host.ts'

/** What of a host's files is not compared, and why. Whole trees; everything else on the host is. */
const notCompared = {
  '/proc': 'the kernel, not files',
  '/sys': 'the kernel, not files',
  '/dev': 'the kernel, not files',
  '/usr':
    'half a million files of the machine; compared by what has changed since the host was switched on',
  '/var/lib/rpm': "rpm's database has new pages after every install; compared by what rpm lists",
  '/var/log/sshd.log': 'a line for every login',
  '/var/lib/obflow/packages':
    'where packages lie on their way: removed when it is empty, whoever made it',
  '/home/admin/ocp_agent/log': 'what the agent did meanwhile; the agent itself was there before',
  '/home/admin/obagent/log': "the same of the community's agent",
} as const

/**
 * The SSH server's own processes: a session stays until its idle connection is closed, and the
 * listener's title counts logins.
 */
const sshServer = /\ssshd(-session)?: /

/**
 * All that is on a host and runs on it: files with owner, mode, link target and content, packages,
 * processes.
 */
export interface HostSnapshot {
  readonly files: readonly string[]
  readonly contents: readonly string[]
  readonly packages: readonly string[]
  readonly processes: readonly string[]
}

const leftOut = Object.keys(notCompared)
  .map((path) => `-path '${path}'`)
  .join(' -o ')
const everywhere = `find / -ignore_readdir_race \\( ${leftOut} \\) -prune -o`
/** A directory that something came to and went from is no other than before. */
const left = "'(' ! -type d -o -empty ')'"
const entry = `-printf '%y %u:%g %m %p -> %l\\n'`

/** The same with when it was changed, the path before it. */
const ofUsr = `-printf '%p\\t%C@\\t%y %u:%g %m %p -> %l\\n'`

/**
 * Of what was changed below /usr, what the host changed itself: a profiler on the machine makes links
 * to its programs.
 */
function changedByHost(line: string): string[] {
  const [path = '', seconds, shown = ''] = line.split('\t')
  const own = lstatSync(path, { throwIfNoEntry: false })
  const same = own !== undefined && Math.abs(own.ctimeMs / 1000 - Number(seconds)) < 0.001
  return same ? [] : [shown]
}

/**
 * One shell that prints all lists, each line with its list's letter before it: every process that a
 * test starts costs as much as a list.
 */
const script = (read: boolean): string => `set -o pipefail
${everywhere} ${entry} | sed 's/^/f/' &&
find /usr -ignore_readdir_race -newercm /run/sshd.pid ${left} ${ofUsr} | sed 's/^/u/' &&
${read ? `${everywhere} -type f -size -1024k -exec md5sum '{}' + | sed 's/^/c/' &&` : ''}
rpm -qa | sed 's/^/p/'`

/**
 * What a host is like now, each list sorted. Without `contents` where files come and go meanwhile:
 * a database that runs.
 */
export async function snapshot(host: LabHost, { contents = true } = {}): Promise<HostSnapshot> {
  const lines = async (command: readonly string[]) =>
    (await host.must(command)).split('\n').filter(Boolean).sort()
  const all = await lines(['bash', '-c', script(contents)])
  const list = (letter: string) =>
    all.flatMap((line) => (line.startsWith(letter) ? [line.slice(1)] : []))
  // Alone, or the shell above would be among them.
  const processes = await lines(['ps', '--ppid', '2', '--deselect', '-o', 'user:20,args'])
  return {
    files: [...list('f'), ...list('u').flatMap(changedByHost)].sort(),
    contents: list('c'),
    packages: list('p'),
    processes: processes.filter((line) => !sshServer.test(line)),
  }
}
