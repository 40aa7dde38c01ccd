const giB = 2 ** 30

/** What an observer of a line asks of memory and disks before it starts. Sizes in bytes. */
export interface ResourceRules {
  /** `system_memory` when none is given. */
  readonly systemMemory: (memoryLimit: number) => number
  /**
   * What must be left of memory_limit beside system_memory, unless
   * `__min_full_resource_pool_memory` says otherwise; undefined: anything.
   */
  readonly pool: number | undefined
  /** What sys has of system_memory: system_memory must not be below it. */
  readonly hiddenSysMemory: (systemMemory: number) => number
  /** Whether redo logs are reserved at start, as 90 % of their disk or 30 % of a shared one. */
  readonly reservesLog: boolean
  /** Room for storage logs beside the data file. */
  readonly slog: number
}

/** Source, all lines: K3.1.5 and K4.2.5 deps/oblib/src/lib/ob_running_mode.cpp, MINI_MEM_LOWER. */
export const minMemoryLimit = 4 * giB

/** Source: K3.1 and K4.2.5 ob_parameter_seed.ipp, memory_limit_percentage. */
export const memoryLimitPercentage = 80

/**
 * Of own disks, and of one that both share. Source: K4.2.5 observer/ob_server_utils.cpp,
 * cal_all_part_disk_default_percentage.
 */
export const diskPercentages = {
  own: { data: 90, log: 90 },
  shared: { data: 60, log: 30 },
} as const

/** From this memory_limit, so much for system_memory, and from that so much for sys. GiB. */
const adaptive: readonly (readonly [limit: number, system: number, hidden: number])[] = [
  [100, 10, 4],
  [80, 9, 4],
  [60, 8, 3],
  [40, 7, 3],
  [20, 6, 2],
  [12, 5, 2],
  [0, 1, 1],
]

const adaptiveSystem = (limit: number): number =>
  limit >= 130 * giB
    ? Math.floor(limit * 0.08)
    : (adaptive.find(([from]) => limit >= from * giB)?.[1] ?? 1) * giB

const adaptiveHidden = (system: number): number =>
  system >= 11 * giB
    ? Math.floor((system / 0.08) * 0.03)
    : (adaptive.find(([, from]) => system >= from * giB)?.[2] ?? 1) * giB

/**
 * From 4.2.1 on. Sources: K4.2.5 share/config/ob_server_config.cpp, get_adaptive_memory_config and
 * reload_config; ob_parameter_seed.ipp for 5 GiB; obd 4.2.0.0/start_check_pre.py for slog.
 */
export const rules421: ResourceRules = {
  systemMemory: adaptiveSystem,
  pool: 5 * giB,
  hiddenSysMemory: adaptiveHidden,
  reservesLog: true,
  slog: 4 * giB,
}

/** Up to this memory_limit, so much. GiB. */
const earlier: readonly (readonly [limit: number, system: number])[] = [
  [8, 2],
  [16, 3],
  [32, 5],
  [48, 7],
  [64, 10],
]

const earlierSystem = (limit: number): number => {
  const whole = Math.floor(limit / giB)
  const step = earlier.find(([most]) => whole <= most)
  return (step ? step[1] : Math.floor(15 + 3 * (Math.sqrt(whole) - 8))) * giB
}

/** 4.2.0. Sources: K4.2.0 share/config/ob_server_config.cpp, reload_config; obd as above. */
export const rules420: ResourceRules = {
  ...rules421,
  systemMemory: earlierSystem,
  pool: undefined,
  hiddenSysMemory: () => 0,
}

/** 4.0 and 4.1. Source: the same, and obd 4.0.0.0/start_check_pre.py for slog. */
export const rules40: ResourceRules = { ...rules420, slog: 10 * giB }

/**
 * 2.2 and 3.x. Sources: K3.1 share/parameter/ob_parameter_seed.ipp for 30 GiB; obd
 * 3.1.0/resource_check.py, errors 2003 and 2010.
 */
export const rules2: ResourceRules = {
  systemMemory: () => 30 * giB,
  pool: undefined,
  hiddenSysMemory: () => 0,
  reservesLog: false,
  slog: 0,
}

/** Least redo disk of 4.x. Source: K4.2.5 share/unit/ob_unit_resource.h, UNIT_MIN_LOG_DISK_SIZE. */
export const minLogDisk = 2 * giB

/**
 * From this memory_limit on sys has its hidden memory beside its pool. Source: K4.2.5
 * ob_running_mode.cpp, MINI_MEM_UPPER, and ob_server_config.cpp, get_extra_memory.
 */
export const miniMemoryLimit = 12 * giB
