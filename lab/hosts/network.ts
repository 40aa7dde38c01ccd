import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { type ProcessId, processId } from './processes.ts'
import { uplinkOf } from './registry.ts'
import { attempt, run } from './run.ts'

/**
 * A lab's switch: a bridge in a network namespace of its own, with one link to the machine. Kept
 * out of the machine's namespace, its traffic meets no firewall rule there (Docker drops what
 * bridges forward), and it vanishes with the process that holds it.
 */
export interface Switch {
  readonly prefix: string
  readonly holder: ProcessId
}

/** Programs started so die with the thread that started them, even by SIGKILL. */
export const dieWithOwner = ['setpriv', '--pdeathsig', 'KILL'] as const

const ipInside = (pid: number, lines: readonly string[]): Promise<string> =>
  run(['nsenter', '--target', String(pid), '--net', 'ip', '-batch', '-'], {
    input: `${lines.join('\n')}\n`,
  })

export async function makeSwitch(prefix: string): Promise<Switch> {
  // Detached: Ctrl-C in the terminal reaches the owner, which then decides, and not its helpers.
  const child = spawn(
    dieWithOwner[0],
    [...dieWithOwner.slice(1), 'unshare', '--net', 'sh', '-c', 'echo made; exec cat'],
    {
      stdio: ['pipe', 'pipe', 'inherit'],
      detached: true,
    },
  )
  await Promise.race([
    once(child.stdout, 'data'),
    once(child, 'exit').then(() => Promise.reject(new Error('no network namespace could be made'))),
  ])
  const holder = processId(child.pid ?? 0)
  if (!holder) throw new Error('no network namespace could be made')
  const { pid } = holder
  const uplink = uplinkOf(prefix)
  await run(['ip', '-batch', '-'], {
    input: [
      `link add ${uplink} type veth peer name uplink netns ${pid}`,
      `address add ${prefix}.1/24 broadcast + dev ${uplink}`,
      `link set ${uplink} up`,
    ].join('\n'),
  })
  await ipInside(pid, [
    'link add switch type bridge',
    'link set uplink master switch',
    'link set uplink up',
    'link set switch up',
  ])
  return { prefix, holder }
}

const portOf = (ip: string): string => `port${ip.split('.')[3]}`

/**
 * A hardware address that follows from the IP address, so a host that comes back is the same
 * neighbour to the others.
 */
const macOf = (ip: string): string =>
  ['02', '00', ...ip.split('.').map((part) => Number(part).toString(16).padStart(2, '0'))].join(':')

/** Plugs a host, known by its process 1, into the switch; inside the host the link is eth0. */
export async function plug(to: Switch, ip: string, hostPid: number): Promise<void> {
  const port = portOf(ip)
  await ipInside(to.holder.pid, [
    `link add ${port} type veth peer name eth0 address ${macOf(ip)} netns ${hostPid}`,
    `link set ${port} master switch`,
    `link set ${port} up`,
  ])
}

/**
 * Takes the link of something that ended out of the switch, for whoever comes next with its
 * address; the kernel would, some time later.
 */
export async function unplug(from: Switch, ip: string): Promise<void> {
  await attempt([
    'nsenter',
    '--target',
    String(from.holder.pid),
    '--net',
    'ip',
    'link',
    'delete',
    portOf(ip),
  ])
}

/**
 * Takes a host's link down or up at the switch, as pulling a cable would; the host's own settings
 * stay.
 */
export async function setLink(at: Switch, ip: string, state: 'up' | 'down'): Promise<void> {
  await ipInside(at.holder.pid, [`link set ${portOf(ip)} ${state}`])
}
