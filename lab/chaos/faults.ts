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
   * `start`: it is wrong from the node's start. `amid`: it comes 150 ms into the node's work, or,
   * when that takes less, after the work is done and before anybody knows. Faults that pass by
   * themselves and those that are amid come in the middle of an upload and of a BOOTSTRAP.
   */
  readonly when: 'start' | 'amid'
  /** Nodes that meet it; all, unless told. */
  readonly nodes?: readonly string[]
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
  /** Puts a backup back that it made when the node before met it. */
  readonly putsBack?: boolean
  /**
   * Passes by itself after this long; absent: an operator mends it when a node has failed, at the
   * latest when the node has ended.
   */
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

export const runsObserver = (host: LabHost): boolean =>
  host.processes().some(({ pid }) => isObserver(pid))

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

/** Six nodes from the first host's to the last of the cluster. */
export const someNodes = [
  'Pre check for install OB',
  'Install rpm',
  'Bootstrap ob',
  'Set sys password',
  'Refresh ocp agent config',
  'Update OB cluster status',
]

/** All that come before the agent runs. */
const untilAgent = [
  'Pre check for install OB',
  'Install rpm',
  'Make dir for ob',
  'Do io bench',
  'Bootstrap ob',
  'Restart observer process',
  'Wait observer accessible',
  'Set sys password',
  'Create default user',
  'Set sys primary zone',
  'Wait cluster accessible',
]

const processes = { shape: 'processes', hosts: 1 } as const

const atSomeNodes = { ...processes, when: 'amid', nodes: someNodes } as const

/** What befalls the run in Temporal, or what Temporal and the store know. */
export const engineFaults: readonly Fault[] = [
  { name: 'run terminated', ...atSomeNodes, inflict: ({ buttons }) => buttons.terminate() },
  { name: 'run deleted', ...atSomeNodes, inflict: ({ buttons }) => buttons.delete() },
  {
    name: 'run reset to its first step',
    ...atSomeNodes,
    inflict: ({ buttons }) => buttons.reset('first'),
  },
  {
    name: 'run reset to its last step',
    ...atSomeNodes,
    inflict: ({ buttons }) => buttons.reset('last'),
  },
  {
    name: 'Temporal lost its database',
    ...atSomeNodes,
    inflict: ({ crash }) => crash.temporalDatabase(),
  },
  {
    name: "Temporal's older backup",
    ...atSomeNodes,
    putsBack: true,
    inflict: ({ crash }) => crash.temporalBackup(),
  },
  {
    name: "PostgreSQL's older backup",
    ...atSomeNodes,
    putsBack: true,
    inflict: ({ crash }) => crash.postgresBackup(),
  },
]

export const faults: readonly Fault[] = [
  { name: 'worker killed', ...processes, when: 'amid', inflict: (stack) => stack.crash.worker() },
  { name: 'API killed', ...processes, when: 'amid', inflict: (stack) => stack.crash.api() },
  {
    name: 'Temporal killed',
    ...processes,
    when: 'amid',
    inflict: (stack) => stack.crash.temporal(),
  },
  {
    name: 'all-in-one killed',
    shape: 'allInOne',
    hosts: 1,
    when: 'amid',
    inflict: (stack) => stack.crash.allInOne(),
  },
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
  {
    name: 'host rebooted',
    ...processes,
    when: 'amid',
    // From "Refresh ocp agent config" on an agent runs, which nothing starts again after a reboot.
    nodes: untilAgent,
    undoesBootstrap: true,
    inflict: async (stack) => {
      await lastHost(stack).powerOff()
      await lastHost(stack).powerOn()
    },
  },
  {
    name: 'SSH cut',
    ...processes,
    when: 'amid',
    inflict: async (stack) => lastHost(stack).cutSessions(),
  },
  {
    name: 'PostgreSQL restarted',
    ...processes,
    when: 'amid',
    inflict: (stack) => stack.crash.postgres(),
  },
  {
    name: 'disk full',
    ...processes,
    when: 'start',
    prepare: (stack) => mountDataDisk(lastHost(stack)),
    inflict: (stack) => fillDataDisk(lastHost(stack)),
    heal: (stack) => freeDataDisk(lastHost(stack)),
  },
  {
    name: 'clock off by 700 ms',
    shape: 'processes',
    hosts: 2,
    when: 'start',
    inflict: (stack) => lastHost(stack).fault('clockSkew', 700),
    heal: (stack) => lastHost(stack).heal('clockSkew'),
  },
  ...engineFaults,
]
