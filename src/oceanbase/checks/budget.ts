import { startupParametersOf } from '../observer/observer.ts'
import {
  diskPercentages,
  memoryLimitPercentage,
  miniMemoryLimit,
  minLogDisk,
  minMemoryLimit,
} from '../observer/resourceRules.ts'
import { lineOf } from '../versions.ts'
import type { DiskFacts, HostFacts } from './facts.ts'
import type { Situation } from './finding.ts'
import { sizeOf } from './size.ts'

/** What an observer makes of a host with the parameters it will really be started with. Bytes. */
export interface MemoryBudget {
  /** Whether memory_limit was given; else it is a share of the host's memory. */
  readonly given: boolean
  readonly percentage: number
  readonly total: number
  readonly limit: number
  readonly system: number
  /** What is left of the limit, and what must be. */
  readonly left: number
  readonly pool: number | undefined
  readonly minLimit: number
  /** What system_memory may not be below. */
  readonly minSystem: number
}

type Wish = Situation['wish']
type Start = Pick<Wish['cluster'], 'version' | 'startupParameters'>

/** A parameter that says 0 leaves the choice to the observer. */
const given = (cluster: Start, name: string): string | undefined => {
  const value = startupParametersOf(cluster).find(
    (parameter) => parameter.name.toLowerCase() === name,
  )?.value
  return value === undefined || sizeOf(value) === 0 ? undefined : value
}

const bytesOf = (cluster: Start, name: string): number | undefined => sizeOf(given(cluster, name))

const share = (cluster: Start, name: string, otherwise: number): number =>
  Number(given(cluster, name) ?? otherwise)

export function memoryBudget(cluster: Start, memory: HostFacts['memory']): MemoryBudget {
  const { resources } = lineOf(cluster.version)
  const percentage = share(cluster, 'memory_limit_percentage', memoryLimitPercentage)
  const limit = bytesOf(cluster, 'memory_limit') ?? Math.floor((memory.total * percentage) / 100)
  const system = bytesOf(cluster, 'system_memory') ?? resources.systemMemory(limit)
  // A plain number of bytes, unlike a capacity.
  const pool = Number(given(cluster, '__min_full_resource_pool_memory') ?? resources.pool ?? 0)
  return {
    given: given(cluster, 'memory_limit') !== undefined,
    percentage,
    total: memory.total,
    limit,
    system,
    left: limit - system,
    pool: resources.pool === undefined ? undefined : pool,
    minLimit: minMemoryLimit,
    minSystem: resources.hiddenSysMemory(system),
  }
}

export interface DiskBudget {
  /** Whether data and redo logs lie on one disk. */
  readonly shared: boolean
  readonly data: number
  readonly log: number
  readonly slog: number
  /** Whether the redo logs' room is taken at start. */
  readonly reservesLog: boolean
  /** What sys alone takes of the redo disk; undefined before 4.x. */
  readonly minLog: number | undefined
}

/** Root's reserve counts for nothing. Source: K4.2.5 observer/ob_server_utils.cpp. */
const usable = ({ used, available }: DiskFacts): number => used + available

/** Undefined while the disks are unknown. */
export function diskBudget(
  { cluster }: Pick<Wish, 'cluster'>,
  facts: HostFacts,
): DiskBudget | undefined {
  const diskOf = (path: string) => facts.disks.find((disk) => disk.path === path)
  const [data, log] = [diskOf(cluster.paths.data), diskOf(cluster.paths.log)]
  if (!data || !log) return undefined
  const { resources } = lineOf(cluster.version)
  const shared = data.device === log.device
  const percentages = shared && resources.reservesLog ? diskPercentages.shared : diskPercentages.own
  const part = (disk: DiskFacts, percentage: number) =>
    Math.floor((Math.max(usable(disk) - resources.slog, 0) * percentage) / 100)
  const budget = memoryBudget(cluster, facts.memory)
  return {
    shared,
    data:
      bytesOf(cluster, 'datafile_size') ??
      part(data, share(cluster, 'datafile_disk_percentage', percentages.data)),
    log:
      bytesOf(cluster, 'log_disk_size') ??
      part(log, share(cluster, 'log_disk_percentage', percentages.log)),
    slog: resources.slog,
    reservesLog: resources.reservesLog,
    minLog: resources.reservesLog ? sysLogDisk(budget) : undefined,
  }
}

/**
 * The redo room of sys: as much as its memory. Source: K4.2.5 share/unit/ob_unit_resource.cpp,
 * gen_sys_tenant_default_unit_resource.
 */
function sysLogDisk({ limit, minSystem, pool = 0 }: MemoryBudget): number {
  return Math.max(pool + (limit < miniMemoryLimit ? 0 : minSystem), minLogDisk)
}
