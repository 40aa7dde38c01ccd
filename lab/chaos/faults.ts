import type { LabHost } from '../index.ts'
import type { Shape, Stack } from './stack.ts'

/** Something that goes wrong while a node works. */
export interface Fault {
  readonly name: string
  readonly shape: Shape
  /** Hosts of the lab: a clock can only differ from another's. */
  readonly hosts: 1 | 2
  /**
   * `under`: it is wrong from the node's start and until `healAfterMs`. `amid`: it happens 150 ms into the node's work, or, when that takes
   * less, after the work is done and before anybody knows.
   */
  readonly when: 'under' | 'amid'
  readonly inflict: (stack: Stack) => Promise<void>
  readonly heal?: (stack: Stack) => Promise<void>
  /** Healed by itself after this long; absent: when an operator mends what failed, at the latest at the node's end. */
  readonly healAfterMs?: number
}

const lastHost = (stack: Stack): LabHost => {
  const host = stack.lab.hosts.at(-1)
  if (!host) throw new Error('the lab has no host')
  return host
}

/** Ends the observer by its own pid file, as the kernel's OOM killer would. */
const killObserver = async (host: LabHost): Promise<void> => {
  await host.exec('kill -KILL "$(cat /home/admin/oceanbase/run/observer.pid 2>/dev/null)" 2>/dev/null')
}

/** Ends the sessions of sshd but not sshd: every connection is cut, new ones are taken. */
const cutSessions = async (host: LabHost): Promise<void> => {
  await host.exec(
    'for p in /proc/[0-9]*; do read -r name <"$p/comm" && [ "$name" = sshd ] && [ "$(cut -d " " -f 4 "$p/stat")" != 1 ] && kill -KILL "$(basename "$p")"; done',
  )
}

const processes = { shape: 'processes', hosts: 1 } as const

export const faults: readonly Fault[] = [
  { name: 'worker killed', ...processes, when: 'amid', inflict: (stack) => stack.crash.worker() },
  { name: 'API killed', ...processes, when: 'amid', inflict: (stack) => stack.crash.api() },
  { name: 'Temporal killed', ...processes, when: 'amid', inflict: (stack) => stack.crash.temporal() },
  { name: 'all-in-one killed', shape: 'allInOne', hosts: 1, when: 'amid', inflict: (stack) => stack.crash.allInOne() },
  {
    name: 'network down 20 s',
    ...processes,
    when: 'under',
    inflict: (stack) => lastHost(stack).fault('networkDown'),
    heal: (stack) => lastHost(stack).heal('networkDown'),
    healAfterMs: 20_000,
  },
  {
    name: 'sshd killed',
    ...processes,
    when: 'under',
    inflict: (stack) => lastHost(stack).fault('sshdDown'),
    heal: (stack) => lastHost(stack).heal('sshdDown'),
    healAfterMs: 3000,
  },
  { name: 'observer killed', ...processes, when: 'amid', inflict: (stack) => killObserver(lastHost(stack)) },
  { name: 'SSH cut', ...processes, when: 'amid', inflict: (stack) => cutSessions(lastHost(stack)) },
  { name: 'PostgreSQL restarted', ...processes, when: 'amid', inflict: (stack) => stack.crash.postgres() },
  {
    name: 'disk full',
    ...processes,
    when: 'under',
    inflict: (stack) => lastHost(stack).fault('diskFull', '/data/1'),
    heal: (stack) => lastHost(stack).heal('diskFull'),
  },
  {
    name: 'clock off by 200 ms',
    shape: 'processes',
    hosts: 2,
    when: 'under',
    inflict: (stack) => lastHost(stack).fault('clockSkew', 200),
    heal: (stack) => lastHost(stack).heal('clockSkew'),
  },
]
