import { stateDirectory } from '../../host/index.ts'
import { diskBudget, type MemoryBudget, memoryBudget } from './budget.ts'
import { type Check, type Situation, when } from './finding.ts'
import { begun, ownObservers } from './ownership.ts'
import { gibibytes } from './size.ts'

/** Source: obdeploy plugins/oceanbase/3.1.0/resource_check.py, error 2000. */
const leastMemory = 3 * 2 ** 30

/** Source: obdeploy, error 2003; observer refuses to write redo logs from 95 % on. */
const fullestPercent = 90

/**
 * How full the disk of redo logs may be before 4.x, which stops to write there. Source: K3.1
 * ob_parameter_seed.ipp, clog_disk_usage_limit_percentage.
 */
const clogLimit = 0.95

/** What the smallest observer that was seen to start takes of a disk. */
const leastFree = 2 * 2 ** 30

/** How many times its file a package takes when it is unpacked; OceanBase's are packed by xz. */
const unpacked = 4

/** Once observer runs it has taken what it was given: what is left then says nothing. */
const untaken =
  (look: Check['look']): Check['look'] =>
  (situation) =>
    ownObservers(situation).length > 0 ? [] : look(situation)

const budgetOf = ({ facts, wish }: Situation): MemoryBudget =>
  memoryBudget(wish.cluster, facts.memory)

/** E.g. `memory_limit would be 6.1 GiB (80 % of 7.6 GiB)`. */
const limitWords = ({ given, limit, percentage, total }: MemoryBudget): string =>
  given
    ? `memory_limit is ${gibibytes(limit)}`
    : `memory_limit would be ${gibibytes(limit)} (${percentage} % of ${gibibytes(total)})`

/** Source of the smallest that works: obdeploy, `obd cluster deploy` of its mini configuration. */
const smallest =
  'give the host more memory, or post startupParameters memory_limit=6G, system_memory=1G and __min_full_resource_pool_memory=1073741824, the smallest that obd deploys'

const freeMemory =
  'stop what else uses memory, give the host more, or post a smaller startupParameter memory_limit'

const memory = (level: Check['level'], advice: string, look: Check['look']): Check => ({
  code: 'OBE19019',
  item: 'memory',
  level,
  advice,
  look: untaken(look),
})

/** Whether an observer of this version would start with its memory at all. */
const startMemory: readonly Check[] = [
  memory('FATAL', smallest, (situation) => {
    const budget = budgetOf(situation)
    return when(
      budget.limit < budget.minLimit,
      `${limitWords(budget)}; ${gibibytes(budget.minLimit)} are needed`,
    )
  }),
  memory('FATAL', smallest, (situation) => {
    const budget = budgetOf(situation)
    const { left, limit, minLimit, pool, system } = budget
    const least = pool ?? 0
    return when(
      limit >= minLimit && (left < least || left <= 0),
      `${limitWords(budget)} and system_memory ${gibibytes(system)}, which leaves ${left > 0 ? gibibytes(left) : 'nothing'} for tenants; ${least > 0 ? gibibytes(least) : 'something'} ${least > 0 ? 'are' : 'is'} needed`,
    )
  }),
  memory('FATAL', 'post a larger system_memory, or none', (situation) => {
    const { minSystem, system } = budgetOf(situation)
    return when(
      system < minSystem,
      `system_memory is ${gibibytes(system)}; ${gibibytes(minSystem)} are needed`,
    )
  }),
]

/** The package, unpacked and on its way, unless it is there already. */
const softwareOf = (situation: Situation) => {
  const { facts, wish } = situation
  if (begun(situation) || facts.packages.includes(wish.package.nvra)) return []
  const { size } = wish.package
  return [
    { path: wish.cluster.paths.install, use: 'the package', size: unpacked * size },
    { path: stateDirectory, use: 'its file', size },
  ]
}

/** What observer takes of each path at its first start. */
const storeOf = (situation: Situation) => {
  const { facts, wish } = situation
  const budget = diskBudget(wish, facts)
  // What was begun may have taken its room already.
  if (!budget || begun(situation)) return []
  const { data, log, minLog = 0, reservesLog, slog } = budget
  const { paths } = wish.cluster
  return [
    { path: paths.data, use: 'data', size: Math.max(data + slog, leastFree) },
    { path: paths.log, use: 'redo logs', size: Math.max(reservesLog ? log : leastFree, minLog) },
  ]
}

const disks: Check['look'] = (situation) => {
  const devices = new Map<string, { available: number; needed: number; uses: string[] }>()
  for (const { path, use, size } of [...storeOf(situation), ...softwareOf(situation)]) {
    const disk = situation.facts.disks.find((entry) => entry.path === path)
    if (!disk) continue
    const { available, needed, uses } = devices.get(disk.device) ?? {
      available: disk.available,
      needed: 0,
      uses: [],
    }
    devices.set(disk.device, {
      available,
      needed: needed + size,
      uses: [...uses, `${use} (${path})`],
    })
  }
  return [...devices.values()].flatMap(({ available, needed, uses }) =>
    when(
      available < needed,
      `${gibibytes(available)} are free for ${uses.join(' and ')}, ${gibibytes(needed)} are needed`,
    ),
  )
}

/** Before 4.x a data file beside the redo logs must leave them room below their limit. */
const clogRoom: Check['look'] = (situation) => {
  const { facts, wish } = situation
  const budget = diskBudget(wish, facts)
  const disk = facts.disks.find(({ path }) => path === wish.cluster.paths.data)
  if (!budget || !disk || !budget.shared || budget.reservesLog || begun(situation)) return []
  const full = (disk.used + budget.data) / (disk.used + disk.available)
  return when(
    full > clogLimit && budget.data <= disk.available,
    `data would fill ${disk.device} to ${Math.round(full * 100)} %; from ${clogLimit * 100} % on no redo logs are written there`,
  )
}

/** Memory and disks. */
export const resourceChecks: readonly Check[] = [
  memory('FATAL', freeMemory, ({ facts }) =>
    when(
      facts.memory.available < leastMemory,
      `${gibibytes(facts.memory.available)} are available, ${gibibytes(leastMemory)} are needed`,
    ),
  ),
  ...startMemory,
  // Source of both: obdeploy, error 2000, against what is free without and with the page cache.
  memory('FATAL', freeMemory, (situation) => {
    const budget = budgetOf(situation)
    const { cached, free } = situation.facts.memory
    return when(
      budget.limit > free + cached,
      `${limitWords(budget)}; only ${gibibytes(free + cached)} are free or page cache`,
    )
  }),
  memory('WARN', freeMemory, (situation) => {
    const budget = budgetOf(situation)
    const { cached, free } = situation.facts.memory
    return when(
      budget.limit > free && budget.limit <= free + cached,
      `${limitWords(budget)}; ${gibibytes(free)} are free, ${gibibytes(cached)} are page cache`,
    )
  }),
  memory(
    'FATAL',
    'raise the limit, or post a startupParameter memory_limit below it',
    (situation) => {
      const budget = budgetOf(situation)
      const { cgroup } = situation.facts
      return when(
        budget.limit > cgroup.memory,
        `${limitWords(budget)}; a cgroup limits this host's processes to ${gibibytes(cgroup.memory)}, which observer does not see`,
      )
    },
  ),
  memory('WARN', 'post a smaller system_memory, or a larger memory_limit', (situation) => {
    const { left, limit, system } = budgetOf(situation)
    // Source: obdeploy, error 2010.
    return when(
      left > 0 && system > 0.75 * limit,
      'system_memory takes more than three quarters of memory_limit',
    )
  }),
  {
    code: 'CMP07050',
    item: 'disk space',
    level: 'FATAL',
    advice:
      'free space there, mount a bigger disk, or post smaller startupParameters datafile_size and log_disk_size: without them observer takes 90 % of each disk, or 60 % and 30 % of one',
    look: untaken(disks),
  },
  {
    code: 'CMP07050',
    item: 'disk space',
    level: 'FATAL',
    advice:
      'post a smaller startupParameter datafile_size, or put redo logs on a disk of their own',
    look: untaken(clogRoom),
  },
  {
    code: 'CMP07050',
    item: 'redo disk',
    level: 'FATAL',
    advice: 'post a larger startupParameter log_disk_size, or none',
    look: untaken(({ facts, wish }) => {
      const { log = 0, minLog = 0 } = diskBudget(wish, facts) ?? {}
      return when(
        log < minLog,
        `redo logs would get ${gibibytes(log)}, the sys tenant alone needs ${gibibytes(minLog)}`,
      )
    }),
  },
  {
    code: 'CMP07050',
    item: 'disk space',
    level: 'FATAL',
    advice: 'free space there or mount a bigger disk',
    look: untaken(({ facts }) =>
      facts.disks.flatMap(({ path, usedPercent }) =>
        when(
          path !== stateDirectory && usedPercent > fullestPercent,
          `the disk of ${path} is ${usedPercent} % full, ${fullestPercent} % are the most`,
        ),
      ),
    ),
  },
  {
    code: 'OBD-1012',
    item: 'disks',
    level: 'WARN',
    advice: 'put data and redo logs on disks of their own',
    look: ({ facts, wish: { cluster } }) => {
      const deviceOf = (path: string) => facts.disks.find((disk) => disk.path === path)?.device
      const device = deviceOf(cluster.paths.data)
      return when(
        device !== undefined && device === deviceOf(cluster.paths.log),
        `data and redo logs share ${device}`,
      )
    },
  },
]
