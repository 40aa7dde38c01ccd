import { type Said, say } from '../../errors/say.ts'
import { stateDirectory } from '../../host/index.ts'
import { diskBudget } from './budget.ts'
import { type Check, type Situation, when } from './finding.ts'
import { begun, untaken } from './ownership.ts'
import { gibibytes } from './size.ts'

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

/** The package, unpacked and on its way, unless it is there already. */
const softwareOf = (situation: Situation) => {
  const { facts, wish } = situation
  if (begun(situation) || facts.packages.includes(wish.package.nvra)) return []
  const { size } = wish.package
  return [
    { path: wish.cluster.paths.install, use: say`the package`, size: unpacked * size },
    { path: stateDirectory, use: say`its file`, size },
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
    { path: paths.data, use: say`data`, size: Math.max(data + slog, leastFree) },
    { path: paths.log, use: say`redo logs`, size: Math.max(reservesLog ? log : leastFree, minLog) },
  ]
}

const disks: Check['look'] = (situation) => {
  const devices = new Map<string, { available: number; needed: number; uses: Said[] }>()
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
      uses: [...uses, say`${use} (${path})`],
    })
  }
  return [...devices.values()].flatMap(({ available, needed, uses }) =>
    when(
      available < needed,
      say`${gibibytes(available)} are free for ${uses}, ${gibibytes(needed)} are needed`,
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
    say`data would fill ${disk.device} to ${Math.round(full * 100)} %; from ${clogLimit * 100} % on no redo logs are written there`,
  )
}

/** Room for data, redo logs and the package. */
export const diskChecks: readonly Check[] = [
  {
    code: 'CMP07050',
    item: say`disk space`,
    level: 'FATAL',
    advice: say`free space there, mount a bigger disk, or post smaller startupParameters datafile_size and log_disk_size: without them observer takes 90 % of each disk, or 60 % and 30 % of one`,
    look: untaken(disks),
  },
  {
    code: 'CMP07050',
    item: say`disk space`,
    level: 'FATAL',
    advice: say`post a smaller startupParameter datafile_size, or put redo logs on a disk of their own`,
    look: untaken(clogRoom),
  },
  {
    code: 'CMP07050',
    item: say`redo disk`,
    level: 'FATAL',
    advice: say`post a larger startupParameter log_disk_size, or none`,
    look: untaken(({ facts, wish }) => {
      const { log = 0, minLog = 0 } = diskBudget(wish, facts) ?? {}
      return when(
        log < minLog,
        say`redo logs would get ${gibibytes(log)}, the sys tenant alone needs ${gibibytes(minLog)}`,
      )
    }),
  },
  {
    code: 'CMP07050',
    item: say`disk space`,
    level: 'FATAL',
    advice: say`free space there or mount a bigger disk`,
    look: untaken(({ facts }) =>
      facts.disks.flatMap(({ path, usedPercent }) =>
        when(
          path !== stateDirectory && usedPercent > fullestPercent,
          say`the disk of ${path} is ${usedPercent} % full, ${fullestPercent} % are the most`,
        ),
      ),
    ),
  },
  {
    code: 'OBD-1012',
    item: say`disks`,
    level: 'WARN',
    advice: say`put data and redo logs on disks of their own`,
    look: ({ facts, wish: { cluster } }) => {
      const deviceOf = (path: string) => facts.disks.find((disk) => disk.path === path)?.device
      const device = deviceOf(cluster.paths.data)
      return when(
        device !== undefined && device === deviceOf(cluster.paths.log),
        say`data and redo logs share ${device}`,
      )
    },
  },
]
