import { inEnglish } from '../../errors/say.ts'
import {
  type ClusterSpec,
  diskBudget,
  type Finding,
  judge,
  lineOf,
  memoryBudget,
  type ServerSpec,
  type Situation,
  startFlags,
} from '../../oceanbase/index.ts'

/** What was found on a host and would be done there. Sizes in bytes. No secrets. */
export interface HostReport {
  readonly host: string
  readonly architecture: string
  readonly cores: number
  readonly memory: {
    readonly total: number
    readonly free: number
    readonly cached: number
    readonly available: number
    readonly cgroup: number | null
    readonly memoryLimit: number
    readonly memoryLimitGiven: boolean
    readonly systemMemory: number
    readonly leftForTenants: number
    readonly neededForTenants: number
  }
  readonly disks: readonly {
    readonly path: string
    readonly device: string
    readonly total: number
    readonly available: number
  }[]
  /** Absent when no disk could be read. */
  readonly store?: {
    readonly shared: boolean
    readonly datafileSize: number
    /** Absent before 4.x, where no room is reserved for redo logs. */
    readonly logDiskSize?: number
    readonly sysLogDisk?: number
    readonly slog: number
  }
  readonly network: {
    readonly device: string | null
    readonly reachedFrom: readonly {
      readonly host: string
      readonly port: number
      readonly reached: boolean
    }[]
    readonly clockOffsetMs: number | null
  }
  readonly software: {
    readonly installed: readonly string[]
    /** What the packages require and no package here provides; of an rpm distribution. */
    readonly missingRequires: readonly string[]
    readonly ioBench: readonly string[]
  }
  /** The command of a first start, and what is asked until the observer is ready. */
  readonly start: { readonly command: string; readonly readiness: readonly string[] }
  readonly findings: readonly (Pick<Finding, 'code' | 'level'> &
    Readonly<Record<'item' | 'message' | 'advice', string>>)[]
}

/** How observer would be started, as one types it. */
function commandOf(cluster: ClusterSpec, server: ServerSpec, device: string | undefined): string {
  const address =
    lineOf(cluster.version).addressFlag === 'ip'
      ? ['-I', server.ip]
      : ['-i', device ?? `the device of ${server.ip}`]
  const flags = [...address, ...startFlags(cluster, server)].map((word) =>
    /^[\w@%+=:./-]+$/.test(String(word)) ? String(word) : `'${word}'`,
  )
  return [`cd ${cluster.paths.install} && bin/observer`, ...flags].join(' ')
}

export function hostReport(situation: Situation, server: ServerSpec): HostReport {
  const { clocks, facts, ways = [], wish } = situation
  const { cluster, layout } = wish
  const budget = memoryBudget(cluster, facts.memory)
  const disk = diskBudget(wish, facts)
  const own = clocks.find(({ ip }) => ip === server.ip)
  return {
    host: server.ip,
    architecture: facts.architecture,
    cores: Math.min(facts.cores, facts.cgroup.cores),
    memory: {
      total: facts.memory.total,
      free: facts.memory.free,
      cached: facts.memory.cached,
      available: facts.memory.available,
      cgroup: facts.cgroup.memory < facts.memory.total ? facts.cgroup.memory : null,
      memoryLimit: budget.limit,
      memoryLimitGiven: budget.given,
      systemMemory: budget.system,
      leftForTenants: budget.left,
      neededForTenants: budget.pool ?? 0,
    },
    disks: facts.disks.map(({ path, device, total, available }) => ({
      path,
      device,
      total,
      available,
    })),
    ...(disk && {
      store: {
        shared: disk.shared,
        datafileSize: disk.data,
        ...(disk.reservesLog && { logDiskSize: disk.log }),
        ...(disk.minLog !== undefined && { sysLogDisk: disk.minLog }),
        slog: disk.slog,
      },
    }),
    network: {
      device: facts.device?.name ?? null,
      reachedFrom: ways.map(({ from, port, reached }) => ({ host: from, port, reached })),
      clockOffsetMs: own === undefined ? null : Math.round(own.offsetMs),
    },
    software: {
      installed: facts.packages,
      missingRequires: facts.missingNeeds,
      ioBench: facts.tools,
    },
    start: {
      command: commandOf(cluster, server, facts.device?.name),
      readiness: [
        `a process observer whose working directory is ${layout.home}, pid in ${layout.pidFile}`,
        `port ${cluster.sqlPort} (SQL) and ${cluster.rpcPort} (RPC) open`,
        'once bootstrapped: ACTIVE in the list of servers, with a start_service_time later than its process, and root gets in; till then 1045 and 1146 are no answers',
        `errors in ${layout.observerLog}`,
      ],
    },
    findings: judge(situation).map(({ advice, item, message, ...rest }) => ({
      ...rest,
      item: inEnglish(item),
      message: inEnglish(message),
      advice: inEnglish(advice),
    })),
  }
}
