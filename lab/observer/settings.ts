import { networkInterfaces, totalmem } from 'node:os'
import type { Resources } from './cluster.ts'
import { type Flags, parseOptions, UsageError } from './flags.ts'
import type { Settings } from './home.ts'
import { belongsTo4, bytesOf } from './parameters.ts'
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
 * The settings of this start: what a former start persisted, then -o, then the flags. Throws
 * UsageError.
 */
export function settingsOf(
  flags: Flags,
  persisted: Settings | undefined,
  version: Version,
): Settings {
  if (flags.localIp !== undefined && !version.localIpFlag)
    throw new UsageError(`unknown option '-I' for version ${version.full}`)
  const options = parseOptions(flags.options ?? '')
  const settings: Settings = { ...persisted }
  for (const [name, value] of options) settings[name.toLowerCase()] = value
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
 * system_memory by memory_limit when none is given on 4.x (deployers §1.1); the older lines'
 * default is 30G whatever the host.
 */
function defaultSystemMemory(memoryLimit: number, version: Version): number {
  if (version.line !== '4.x') return 30 * giB
  const steps: [number, number][] = [
    [12, 1],
    [20, 5],
    [40, 6],
    [60, 7],
    [80, 8],
    [100, 9],
    [130, 10],
  ]
  const step = steps.find(([below]) => memoryLimit < below * giB)
  return step ? step[1] * giB : memoryLimit * 0.08
}

function size(settings: Settings, name: string): number | undefined {
  const text = settings[name]
  if (text === undefined) return undefined
  const bytes = bytesOf(text)
  if (bytes === undefined) throw new StartError(4147, `invalid config, ${name}='${text}'`)
  return bytes === 0 ? undefined : bytes
}

/**
 * Memory as the real one budgets it: 80 % of the host unless told. Throws StartError when it does
 * not fit.
 */
export function memoryOf(
  settings: Settings,
  version: Version,
): { memoryLimit: number; systemMemory: number } {
  const total = totalmem()
  const memoryLimit = size(settings, 'memory_limit') ?? Math.floor(total * 0.8)
  const systemMemory = size(settings, 'system_memory') ?? defaultSystemMemory(memoryLimit, version)
  const facts = `memory_limit=${memoryLimit}, system_memory=${systemMemory}, physical=${total}`
  if (memoryLimit > total)
    throw new StartError(
      4013,
      `memory_limit exceeds the physical memory, try adjust config 'memory_limit' (${facts})`,
    )
  if (memoryLimit < giB)
    throw new StartError(
      4147,
      `memory_limit is below 1G, try adjust config 'memory_limit' (${facts})`,
    )
  if (systemMemory >= memoryLimit)
    throw new StartError(
      4013,
      `system_memory leaves nothing for tenants, try adjust config 'memory_limit' or 'system_memory' (${facts})`,
    )
  return { memoryLimit, systemMemory }
}

/**
 * Parameters of the 4.x line stop an older observer; a wrong size stops every one. Throws
 * StartError.
 */
export function checkParameters(settings: Settings, version: Version): void {
  for (const name of Object.keys(settings))
    if (version.line !== '4.x' && belongsTo4(name))
      throw new StartError(5099, `unknown config item '${name}' for version ${version.full}`)
  for (const name of ['datafile_size', 'log_disk_size']) size(settings, name)
}

export function diskOf(
  settings: Settings,
  cpu: number,
  memory: { memoryLimit: number; systemMemory: number },
  freeDisk: number,
): Resources {
  const dataDisk = size(settings, 'datafile_size') ?? Math.floor(freeDisk * 0.9)
  const logDisk = size(settings, 'log_disk_size') ?? 3 * memory.memoryLimit
  return { cpu: Number(settings.cpu_count ?? 0) || cpu, ...memory, dataDisk, logDisk }
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
 * The server's own ip: -I, else the device's; of several addresses on it the one that the rs list
 * names. Throws StartError.
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
  const device = interfaces[devname]
  const first = device?.find((entry) => entry.family === 'IPv4')
  if (!device || !first)
    throw new StartError(4016, `get local address of devname '${devname}' failed`)
  const named = rsList.find(
    ({ ip, port }) =>
      port === rpcPort &&
      (device.some((entry) => entry.address === ip) || (devname === 'lo' && ip.startsWith('127.'))),
  )
  return named?.ip ?? first.address
}
