import { readFileSync } from 'node:fs'
import type { LabHost } from '../index.ts'
import { fillDataDisk, freeDataDisk, mountDataDisk } from './dataDisk.ts'
import type { Shape, Stack } from './stack.ts'

/** Something that goes wrong while a node works. */
export interface Fault {
  readonly name: string
  readonly shape: Shape
  /** Hosts of the lab: a clock can only differ from another's. */
  readonly hosts: 1 | 2
  /**
   * `start`: it is wrong from the node's start. `amid`: it comes 150 ms into the node's work, or, when that takes less, after the work is
   * done and before anybody knows. Faults that pass by themselves and those that are amid come in the middle of an upload and of a BOOTSTRAP.
   */
  readonly when: 'start' | 'amid'
  /** A node at whose start it comes in any case. */
  readonly atStartOf?: string
  /** Before the create. */
  readonly prepare?: (stack: Stack) => Promise<void>
  /** Whether there is anything at this moment that it could hit; always, unless told. */
  readonly hits?: (stack: Stack) => boolean
  readonly inflict: (stack: Stack) => Promise<void>
  readonly heal?: (stack: Stack) => Promise<void>
  /** A BOOTSTRAP in which it comes is lost with it. */
  readonly undoesBootstrap?: boolean
  /** Passes by itself after this long; absent: an operator mends it when a node has failed, at the latest when the node has ended. */
  readonly passesAfterMs?: number
}

const lastHost = (stack: Stack): LabHost => {
  const host = stack.lab.hosts.at(-1)
  if (!host) throw new Error('the lab has no host')
  return host
}

const isObserver = (pid: number): boolean => {
  try {
    return readFileSync(`/proc/${pid}/comm`, 'utf8').trim() === 'observer'
  } catch {
    return false
  }
}

const runsObserver = (host: LabHost): boolean => host.processes().some(({ pid }) => isObserver(pid))

/** Ends the observer as the kernel's OOM killer would. */
const killObserver = async (host: LabHost): Promise<void> => {
  await host.exec(['pkill', '-KILL', '-x', 'observer'])
}

/** No fault at all: what it leaves is what every other run has to leave. */
export const undisturbed = (hosts: Fault['hosts']): Fault => ({
  name: `undisturbed, ${hosts} host${hosts > 1 ? 's' : ''}`,
  shape: 'processes',
  hosts,
  when: 'start',
  inflict: async () => undefined,
})

const processes = { shape: 'processes', hosts: 1 } as const

export const faults: readonly Fault[] = [
  { name: 'worker killed', ...processes, when: 'amid', inflict: (stack) => stack.crash.worker() },
  { name: 'API killed', ...processes, when: 'amid', inflict: (stack) => stack.crash.api() },
  { name: 'Temporal killed', ...processes, when: 'amid', inflict: (stack) => stack.crash.temporal() },
  { name: 'all-in-one killed', shape: 'allInOne', hosts: 1, when: 'amid', inflict: (stack) => stack.crash.allInOne() },
  {
    name: 'network down 20 s',
    ...processes,
    when: 'start',
    inflict: (stack) => lastHost(stack).fault('networkDown'),
    heal: (stack) => lastHost(stack).heal('networkDown'),
    passesAfterMs: 20_000,
  },
  {
    name: 'sshd killed',
    ...processes,
    when: 'start',
    inflict: (stack) => lastHost(stack).fault('sshdDown'),
    heal: (stack) => lastHost(stack).heal('sshdDown'),
    passesAfterMs: 3000,
  },
  {
    name: 'observer killed',
    ...processes,
    when: 'amid',
    // An observer that dies when the last node has done its work dies in a finished cluster.
    atStartOf: 'Link obproxy',
    undoesBootstrap: true,
    hits: (stack) => runsObserver(lastHost(stack)),
    inflict: (stack) => killObserver(lastHost(stack)),
  },
  { name: 'SSH cut', ...processes, when: 'amid', inflict: async (stack) => lastHost(stack).cutSessions() },
  { name: 'PostgreSQL restarted', ...processes, when: 'amid', inflict: (stack) => stack.crash.postgres() },
  {
    name: 'disk full',
    ...processes,
    when: 'start',
    prepare: (stack) => mountDataDisk(lastHost(stack)),
    inflict: (stack) => fillDataDisk(lastHost(stack)),
    heal: (stack) => freeDataDisk(lastHost(stack)),
  },
  {
    name: 'clock off by 200 ms',
    shape: 'processes',
    hosts: 2,
    when: 'start',
    inflict: (stack) => lastHost(stack).fault('clockSkew', 200),
    heal: (stack) => lastHost(stack).heal('clockSkew'),
  },
]
