import { networkInterfaces, totalmem } from 'node:os'
import type { Resources } from './cluster.ts'
import { type Flags, parseOptions, UsageError } from './flags.ts'
import type { Settings } from './home.ts'
import { bytesOf, isKnown } from './parameters.ts'
import { type Address, parseAddress } from './rpc.ts'
import type { Version } from './versionLine.ts'

/** Flags become parameters of these names, as in the real config file. */
const names: [keyof Flags, string][] = [
  ['devname', 'devname'],
  ['localIp', 'local_ip'],
  ['sqlPort', 'mysql_port'],
  ['rpcPort', 'rpc_port'],
  ['zone', 'zone'],
  ['dataDir', 'data_dir'],
  ['rsList', 'rootservice_list'],
  ['clusterId', 'cluster_id'],
  ['appname', 'cluster'],
  ['logLevel', 'syslog_level'],
]

/**
 * The settings of this start: what a former start persisted, then -o, then the flags. A name that
 * nobody knows is told to `unknown` and left out: the real one only warns. Source: K4.2.5
 * share/config/ob_common_config.cpp add_extra_config; the same in K3.1. Throws UsageError.
 */
export function settingsOf(
  flags: Flags,
  persisted: Settings | undefined,
  version: Version,
  unknown: (name: string, value: string) => void,
): Settings {
  if (flags.localIp !== undefined && !version.localIpFlag)
    throw new UsageError(`unknown option '-I' for version ${version.full}`)
  const options = parseOptions(flags.options ?? '')
  const settings: Settings = { ...persisted }
  for (const [name, value] of options)
    if (isKnown(name, version.line)) settings[name.toLowerCase()] = value
    else unknown(name, value)
  for (const [flag, name] of names)
    if (flags[flag] !== undefined) settings[name] = String(flags[flag])
  return settings
}

/** A reason not to start, with its OceanBase error number. */
export class StartError extends Error {
  readonly errno: number
  constructor(errno: number, message: string) {
    super(message)
    this.errno = errno
  }
}

const giB = 1024 ** 3

/**
 * K4.2.5 share/config/ob_server_config.cpp get_adaptive_memory_config: from this limit, so much.
 */
const adaptive: readonly (readonly [limit: number, system: number, hidden: number])[] = [
  [100, 10, 4],
  [80, 9, 4],
  [60, 8, 3],
  [40, 7, 3],
  [20, 6, 2],
  [12, 5, 2],
  [0, 1, 1],
]

/** K4.0, K4.1 share/config/ob_server_config.cpp reload_config: up to this limit, so much. */
const earlier: readonly (readonly [limit: number, system: number])[] = [
  [8, 2],
  [16, 3],
  [32, 5],
  [48, 7],
  [64, 10],
]

/** K3.1 share/parameter/ob_parameter_seed.ipp: system_memory is 30G whatever the host. */
function defaultSystemMemory(memoryLimit: number, version: Version): number {
  if (version.line !== '4.x') return 30 * giB
  if (version.reservesPool) {
    if (memoryLimit >= 130 * giB) return Math.floor(memoryLimit * 0.08)
    return (adaptive.find(([from]) => memoryLimit >= from * giB)?.[1] ?? 1) * giB
  }
  const limit = Math.floor(memoryLimit / giB)
  const step = earlier.find(([most]) => limit <= most)
  return (step ? step[1] : Math.floor(15 + 3 * (Math.sqrt(limit) - 8))) * giB
}

/** What sys is given beside system_memory's other uses. Source: as `adaptive`. */
function hiddenSysMemory(systemMemory: number): number {
  if (systemMemory >= 11 * giB) return Math.floor((systemMemory / 0.08) * 0.03)
  return (adaptive.find(([, from]) => systemMemory >= from * giB)?.[2] ?? 1) * giB
}

function size(settings: Settings, name: string): number | undefined {
  const text = settings[name]
  if (text === undefined) return undefined
  const bytes = bytesOf(text)
  if (bytes === undefined) throw new StartError(4147, `invalid config, ${name}='${text}'`)
  return bytes === 0 ? undefined : bytes
}

const percentage = (settings: Settings, name: string, otherwise: number): number =>
  Number(settings[name] ?? 0) || otherwise

/** K4.2.5 deps/oblib/src/lib/ob_running_mode.cpp MINI_MEM_LOWER; the same in K3.1.5. */
const minMemoryLimit = 4 * giB
/** K4.2.5 share/parameter/ob_parameter_seed.ipp; the same in K3.1. */
const minPoolMemory = 5 * giB
/** K4.2.5 share/unit/ob_unit_resource.h UNIT_MIN_MEMORY. */
const minUnitMemory = giB

/**
 * Memory as the real one budgets it: 80 % of the host unless told. Throws StartError when it does
 * not fit. Sources: K4.2.5 share/config/ob_server_config.cpp reload_config, K3.1
 * observer/ob_server.cpp set_running_mode; obdeploy's error 2010 for what 2.2 and 3.x leave open.
 */
export function memoryOf(
  settings: Settings,
  version: Version,
  total = totalmem(),
): { memoryLimit: number; systemMemory: number } {
  const memoryLimit =
    size(settings, 'memory_limit') ??
    Math.floor((total * percentage(settings, 'memory_limit_percentage', 80)) / 100)
  const systemMemory = size(settings, 'system_memory') ?? defaultSystemMemory(memoryLimit, version)
  const facts = `memory_limit=${memoryLimit}, system_memory=${systemMemory}, phy mem=${total}`
  if (memoryLimit < minMemoryLimit)
    throw version.line === '4.x' || settings.memory_limit
      ? new StartError(4147, `memory_limit with unexpected value(${facts})`)
      : new StartError(4624, `memory limit too small(${facts})`)
  const left = memoryLimit - systemMemory
  if (version.reservesPool) {
    const least = Math.max(
      minUnitMemory,
      size(settings, '__min_full_resource_pool_memory') ?? minPoolMemory,
    )
    if (left < least || systemMemory < hiddenSysMemory(systemMemory))
      throw new StartError(
        4147,
        `update observer memory config failed(${facts}, min_server_avail_memory=${least})`,
      )
  } else if (left <= 0)
    throw new StartError(4147, `update memory_limit or system_memory failed(${facts})`)
  return { memoryLimit, systemMemory }
}

/** Below this sys is given nothing of system_memory. K4.2.5 lib/ob_running_mode.cpp MINI_MEM_UPPER. */
const miniMemory = 12 * giB
/** K4.2.5 share/unit/ob_unit_resource.h UNIT_MIN_LOG_DISK_SIZE. */
const minUnitLogDisk = 2 * giB

/**
 * What the real sys takes of the redo disk when a cluster begins. Source: K4.2.5
 * share/unit/ob_unit_resource.cpp gen_sys_tenant_default_unit_resource.
 */
export function sysLogDisk(
  settings: Settings,
  { memoryLimit, systemMemory }: { memoryLimit: number; systemMemory: number },
): number {
  const pool = size(settings, '__min_full_resource_pool_memory') ?? minPoolMemory
  const extra = memoryLimit < miniMemory ? 0 : hiddenSysMemory(systemMemory)
  return Math.max(Math.max(minUnitMemory, pool) + extra, minUnitLogDisk)
}

/** A wrong size stops every line. Throws StartError. */
export function checkParameters(settings: Settings): void {
  for (const name of ['datafile_size', 'log_disk_size']) size(settings, name)
}

/** A disk as statvfs gives it: `total` is what a user can have of it, `free` what is left. */
export type Disk = { device: string; total: number; free: number }

/**
 * What data file and redo logs take: 90 % of a disk each, 60 % and 30 % of one that they share.
 * Before 4.x nothing is reserved for redo logs. Throws StartError when a first start does not fit.
 * Sources: K4.2.5 observer/ob_server_utils.cpp cal_all_part_disk_default_percentage; K3.1
 * storage/ob_local_file_system.cpp.
 */
export function diskOf(
  settings: Settings,
  version: Version,
  disks: { data: Disk; log: Disk; isNew: boolean },
): Pick<Resources, 'dataDisk' | 'logDisk'> {
  const { data, log, isNew } = disks
  const is4 = version.line === '4.x'
  const shared = data.device === log.device
  const part = (disk: Disk, name: string, otherwise: number) =>
    Math.floor((disk.total * percentage(settings, name, otherwise)) / 100)
  const dataDisk =
    size(settings, 'datafile_size') ??
    part(data, 'datafile_disk_percentage', is4 && shared ? 60 : 90)
  const logDisk =
    size(settings, 'log_disk_size') ?? part(log, 'log_disk_percentage', shared ? 30 : 90)
  const taken = is4 ? logDisk : 0
  const needs = shared
    ? [{ disk: data, need: dataDisk + taken }]
    : [
        { disk: data, need: dataDisk },
        { disk: log, need: taken },
      ]
  for (const { disk, need } of needs)
    if (isNew && need > disk.free)
      throw new StartError(
        4184,
        `Server out of disk space(datafile_size=${dataDisk}, log_disk_size=${logDisk}, device=${disk.device}, total=${disk.total}, free=${disk.free})`,
      )
  return { dataDisk, logDisk }
}

export function rsListOf(settings: Settings): Address[] {
  return (settings.rootservice_list ?? '')
    .split(';')
    .filter(Boolean)
    .map((text) => {
      const found = /^([\d.]+:\d+):\d+$/.exec(text.trim())
      const address = found ? parseAddress(found[1] ?? '') : undefined
      if (!address)
        throw new StartError(4002, `invalid rs_list item '${text}', expected ip:rpc_port:sql_port`)
      return address
    })
}

/**
 * The server's own ip: -I, else the first address of the device, whatever the rs list names. A
 * loopback lab's 127.x.y.z are on no device, so there the rs list is believed. Throws StartError.
 * Sources: K3.1 observer/ob_server.cpp init_config, lib/net/ob_net_util.cpp; K4.0 the same.
 */
export function ownIp(settings: Settings, rsList: Address[], rpcPort: number): string {
  const interfaces = networkInterfaces()
  const all = Object.values(interfaces).flatMap((list) => list ?? [])
  const isLocal = (ip: string) => ip.startsWith('127.') || all.some((entry) => entry.address === ip)
  if (settings.local_ip) {
    if (!isLocal(settings.local_ip))
      throw new StartError(4002, `local_ip '${settings.local_ip}' is on no device of this host`)
    return settings.local_ip
  }
  const devname = settings.devname ?? ''
  const first = interfaces[devname]?.find((entry) => entry.family === 'IPv4')
  if (!first) throw new StartError(4016, `get local address of devname '${devname}' failed`)
  const named = rsList.find(({ ip, port }) => port === rpcPort && ip.startsWith('127.'))
  return devname === 'lo' && named ? named.ip : first.address
}
