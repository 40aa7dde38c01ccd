import { stateDirectory } from '../../host/index.ts'
import { startupParametersOf } from '../observer/observer.ts'
import { type Check, type Situation, when } from './finding.ts'
import { begun, ownObservers } from './ownership.ts'
import { gibibytes, sizeOf } from './size.ts'

/** Source: obdeploy plugins/oceanbase/3.1.0/resource_check.py, error 2000. */
const leastMemory = 3 * 2 ** 30

/** Source: obdeploy, error 2003; observer refuses to write redo logs from 95 % on. */
const fullestPercent = 90

/**
 * What the smallest observer needs that was seen to start: a data file of 256 MiB, redo logs of 2
 * GiB, a package unpacked.
 */
const leastFree = 2 * 2 ** 30

/** How many times its file a package takes when it is unpacked; OceanBase's are packed by xz. */
const unpacked = 4

/** Bytes of a startup parameter that observer will be given, or undefined. */
const given = ({ wish: { cluster } }: Situation, name: string): number | undefined =>
  sizeOf(startupParametersOf(cluster).find((parameter) => parameter.name === name)?.value)

/** Once observer runs it has taken what it was given: what is left then says nothing. */
const untaken =
  (look: Check['look']): Check['look'] =>
  (situation) =>
    ownObservers(situation).length > 0 ? [] : look(situation)

const memoryAdvice =
  'stop what else uses memory, give the host more, or post smaller startupParameters memory_limit and system_memory'

const memory = (level: Check['level'], look: Check['look']): Check => ({
  code: 'OBE19019',
  item: 'memory',
  level,
  advice: memoryAdvice,
  look: untaken(look),
})

/** The package, unpacked and on its way, unless it is there already. */
const softwareOf = (situation: Situation) => {
  const { facts, wish } = situation
  if (begun(situation) || facts.packages.includes(wish.package.nvra)) return []
  const { size } = wish.package
  return [
    { path: wish.cluster.paths.install, use: 'the package', size: unpacked * size, least: 0 },
    { path: stateDirectory, use: 'its file', size, least: 0 },
  ]
}

const disks: Check['look'] = (situation) => {
  const { facts, wish } = situation
  const { paths } = wish.cluster
  const disk = { least: leastFree }
  const wanted = [
    { ...disk, path: paths.data, use: 'data', size: given(situation, 'datafile_size') ?? 0 },
    { ...disk, path: paths.log, use: 'redo logs', size: given(situation, 'log_disk_size') ?? 0 },
    ...softwareOf(situation),
  ]
  const devices = new Map<
    string,
    { available: number; needed: number; least: number; uses: string[] }
  >()
  for (const { path, use, size, least } of wanted) {
    const disk = facts.disks.find((entry) => entry.path === path)
    if (!disk) continue
    const device = devices.get(disk.device) ?? {
      available: disk.available,
      needed: 0,
      least: 0,
      uses: [],
    }
    devices.set(disk.device, {
      ...device,
      needed: device.needed + size,
      least: Math.max(device.least, least),
      uses: [...device.uses, `${use} (${path})`],
    })
  }
  return [...devices.values()].flatMap(({ available, needed, least, uses }) =>
    when(
      available < Math.max(needed, least),
      `${gibibytes(available)} are free for ${uses.join(' and ')}, ${gibibytes(Math.max(needed, least))} are needed`,
    ),
  )
}

/** Memory and disks. */
export const resourceChecks: readonly Check[] = [
  memory('FATAL', ({ facts }) =>
    when(
      facts.memory.available < leastMemory,
      `${gibibytes(facts.memory.available)} are available, ${gibibytes(leastMemory)} are needed`,
    ),
  ),
  memory('FATAL', (situation) =>
    ['memory_limit', 'system_memory'].flatMap((name) => {
      const [size, { available }] = [given(situation, name) ?? 0, situation.facts.memory]
      return when(
        size > available,
        `${name} is ${gibibytes(size)}, only ${gibibytes(available)} are available`,
      )
    }),
  ),
  memory('FATAL', (situation) => {
    const [limit, system] = [given(situation, 'memory_limit'), given(situation, 'system_memory')]
    // Source: obdeploy, error 2010.
    return when(
      limit !== undefined && system !== undefined && system >= limit,
      'system_memory is not below memory_limit',
    )
  }),
  memory('WARN', (situation) => {
    const [limit, system] = [given(situation, 'memory_limit'), given(situation, 'system_memory')]
    return when(
      limit !== undefined && system !== undefined && system < limit && system > 0.75 * limit,
      'system_memory takes more than three quarters of memory_limit',
    )
  }),
  {
    code: 'CMP07050',
    item: 'disk space',
    level: 'FATAL',
    advice:
      'free space there, mount a bigger disk, or post smaller startupParameters datafile_size and log_disk_size',
    look: untaken(disks),
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
