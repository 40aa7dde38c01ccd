import { type Machine, readMachine } from '../../host/index.ts'

/** What was read of a host before an install: facts only, no judgement. Sizes in bytes. */
export interface HostFacts {
  readonly machine: Machine
  /** Wanted paths below a mount that does not answer; then nothing else was looked at. */
  readonly dead: readonly string[]
  readonly architecture: string
  readonly cores: number
  readonly memory: {
    readonly total: number
    readonly free: number
    /** Buffers and page cache: free when it is needed. */
    readonly cached: number
    readonly available: number
    readonly swap: number
  }
  /** What a cgroup leaves of memory and cores; `Infinity` without one. */
  readonly cgroup: { readonly memory: number; readonly cores: number }
  readonly userExists: boolean
  readonly missingCommands: readonly string[]
  /** What the packages need and no package of the host provides. */
  readonly missingNeeds: readonly string[]
  /** Programs that an io bench can be made with: `fio`, `ob_admin`. */
  readonly tools: readonly string[]
  /** What is there or switched on: avx, atomics, selinux, thp, firewalld. */
  readonly features: readonly string[]
  /** Kernel parameters that could be read, by their sysctl names. */
  readonly kernel: Readonly<Record<string, number>>
  readonly observers: readonly { readonly pid: number; readonly cwd: string }[]
  /** Which of the wanted ports are taken, and by whom. */
  readonly listening: readonly {
    readonly port: number
    readonly pid: number
    readonly command: string
    readonly cwd: string
  }[]
  readonly paths: readonly PathFacts[]
  readonly leftovers: readonly string[]
  /** A file in OceanBase's home, if there is one. */
  readonly foreign?: string
  readonly disks: readonly DiskFacts[]
  readonly hasAddress: boolean
  /** The network device of that address, and the first of its addresses. */
  readonly device?: { readonly name: string; readonly first: string }
  /** Installed packages of the wanted name, as name-version-release.architecture. */
  readonly packages: readonly string[]
  /**
   * Limits of a process that the OS user starts; absent when no process could be started as that
   * user.
   */
  readonly limits?: Limits
  /**
   * For each wanted path, the nearest existing directory that the OS user can see, and whether it
   * may write there.
   */
  readonly seen: readonly {
    readonly path: string
    readonly ancestor: string
    readonly writable: boolean
  }[]
}

export interface PathFacts {
  readonly path: string
  readonly kind: 'missing' | 'directory' | 'other'
  /** What lies in it, without marks and `lost+found`. */
  readonly entries: number
  readonly owner: string
  /** Task that made it, as its mark says. */
  readonly madeBy: string
  readonly ancestor: string
  readonly writable: boolean
  /** Whether root alone may change `ancestor` and what lies above it. */
  readonly rootAlone: boolean
}

export interface DiskFacts {
  readonly path: string
  readonly device: string
  readonly total: number
  readonly used: number
  readonly available: number
  readonly usedPercent: number
  /** How it is mounted, e.g. `rw`, `noexec`. */
  readonly options: readonly string[]
}

/** `Infinity` is "unlimited". */
export type Limits = Readonly<Record<'openFiles' | 'processes' | 'stackKiB' | 'coreBlocks', number>>

type Row = readonly string[]

const kib = 1024
const unlimited = (value: string | undefined): number =>
  value === 'unlimited' ? Number.POSITIVE_INFINITY : Number(value)

const pathFacts = ([
  path = '',
  kind,
  entries,
  owner = '',
  madeBy = '',
  ancestor = '',
  writable,
  alone,
]: Row): PathFacts => ({
  path,
  kind: kind === 'directory' || kind === 'other' ? kind : 'missing',
  entries: Number(entries),
  owner,
  madeBy,
  ancestor,
  writable: writable === 'yes',
  rootAlone: alone === 'yes',
})

const diskFacts = ([
  path = '',
  device = '',
  total,
  used,
  available,
  usedPercent,
  options = '',
]: Row): DiskFacts => ({
  path,
  device,
  total: Number(total) * kib,
  used: Number(used) * kib,
  available: Number(available) * kib,
  usedPercent: Number(usedPercent),
  options: options.split(','),
})

const limitsOf = (rows: readonly Row[]): Limits | undefined => {
  const [row] = rows
  if (!row) return undefined
  const [openFiles, processes, stackKiB, coreBlocks] = row.map(unlimited)
  return {
    openFiles: openFiles ?? 0,
    processes: processes ?? 0,
    stackKiB: stackKiB ?? 0,
    coreBlocks: coreBlocks ?? 0,
  }
}

/** The smallest of the limits of a cgroup and those above it. */
const cgroupOf = (rows: readonly Row[]): HostFacts['cgroup'] => {
  const smallest = (kind: string, size: (first: number, second: number) => number): number =>
    Math.min(
      Number.POSITIVE_INFINITY,
      ...rows
        .filter(([name]) => name === kind)
        .map(([, first, second]) => size(Number(first), Number(second))),
    )
  return {
    memory: smallest('memory', (bytes) => bytes),
    cores: smallest('cpu', (quota, period) => quota / period),
  }
}

/** Reads what gather.sh prints: a word that names the fact, then its fields, divided by tabs. */
export const parseFacts = (output: string): HostFacts => {
  const lines = output.split('\n').map((line) => line.split('\t'))
  const rows = (name: string): Row[] =>
    lines.filter(([key]) => key === name).map(([, ...fields]) => fields)
  const words = (name: string): string[] => rows(name).map(([word = '']) => word)
  const numbers = (name: string): Record<string, number> =>
    Object.fromEntries(rows(name).map(([key = '', value]) => [key, Number(value)]))
  const memory = numbers('memory')
  const limits = limitsOf(rows('limits'))
  const [machine = []] = rows('machine')
  const [foreign] = words('foreign')
  const [[device, firstAddress = ''] = []] = rows('device')
  return {
    machine: readMachine(machine.join(' ')),
    dead: words('dead'),
    architecture: words('architecture')[0] ?? '',
    cores: Number(words('cores')[0] ?? 0),
    memory: {
      total: (memory.MemTotal ?? 0) * kib,
      free: (memory.MemFree ?? 0) * kib,
      cached: ((memory.Buffers ?? 0) + (memory.Cached ?? 0)) * kib,
      available: (memory.MemAvailable ?? 0) * kib,
      swap: (memory.SwapTotal ?? 0) * kib,
    },
    cgroup: cgroupOf(rows('cgroup')),
    userExists: words('user').length > 0,
    missingCommands: words('missing'),
    missingNeeds: words('needs'),
    tools: words('tool'),
    features: words('feature'),
    kernel: numbers('kernel'),
    observers: rows('observer').map(([pid, cwd = '']) => ({ pid: Number(pid), cwd })),
    listening: rows('listen').map(([port, pid, command = '', cwd = '']) => ({
      port: Number(port),
      pid: Number(pid),
      command,
      cwd,
    })),
    paths: rows('path').map(pathFacts),
    leftovers: words('leftover'),
    ...(foreign !== undefined && { foreign }),
    disks: rows('disk').map(diskFacts),
    hasAddress: words('address').length > 0,
    ...(device !== undefined && { device: { name: device, first: firstAddress } }),
    packages: words('package'),
    ...(limits && { limits }),
    seen: rows('seen').map(([path = '', ancestor = '', writable]) => ({
      path,
      ancestor,
      writable: writable === 'yes',
    })),
  }
}
