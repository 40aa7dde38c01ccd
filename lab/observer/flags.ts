/** observer's command line. Source: deployers §1.6 (flags), ob-operator's long forms. */
export type Flags = {
  devname?: string
  localIp?: string
  sqlPort?: number
  rpcPort?: number
  zone?: string
  dataDir?: string
  rsList?: string
  clusterId?: number
  appname?: string
  logLevel?: string
  options?: string
  nodaemon?: boolean
  version?: boolean
  mode?: string
  scn?: string
  ipv6?: boolean
}

export class UsageError extends Error {}

type TextFlag = {
  [K in keyof Flags]-?: string extends NonNullable<Flags[K]> ? K : never
}[keyof Flags]
type NumberFlag = 'sqlPort' | 'rpcPort' | 'clusterId'
type SwitchFlag = 'nodaemon' | 'version' | 'ipv6'

const texts: Record<string, TextFlag> = {
  '-i': 'devname',
  '--devname': 'devname',
  '-I': 'localIp',
  '--local_ip': 'localIp',
  '-z': 'zone',
  '--zone': 'zone',
  '-d': 'dataDir',
  '--data_dir': 'dataDir',
  '-r': 'rsList',
  '--rs_list': 'rsList',
  '-n': 'appname',
  '--appname': 'appname',
  '-l': 'logLevel',
  '--log_level': 'logLevel',
  '-o': 'options',
  '--optstr': 'options',
  '-m': 'mode',
  '--mode': 'mode',
  '-f': 'scn',
  '--scn': 'scn',
}
const numbers: Record<string, NumberFlag> = {
  '-p': 'sqlPort',
  '--mysql_port': 'sqlPort',
  '-P': 'rpcPort',
  '--rpc_port': 'rpcPort',
  '-c': 'clusterId',
  '--cluster_id': 'clusterId',
}
const switches: Record<string, SwitchFlag> = {
  '-N': 'nodaemon',
  '--nodaemon': 'nodaemon',
  '-V': 'version',
  '--version': 'version',
  '-6': 'ipv6',
  '--use-ipv6': 'ipv6',
}

export const usage = `observer [OPTIONS]
  -h,--help                whether to print this help
  -V,--version             print the version and exit
  -z,--zone ZONE           zone
  -p,--mysql_port PORT     mysql port
  -P,--rpc_port PORT       rpc port
  -N,--nodaemon            don't run in daemon
  -n,--appname NAME        application name
  -c,--cluster_id ID       cluster id
  -d,--data_dir DIR        OceanBase data directory
  -i,--devname DEV         net dev interface
  -I,--local_ip IP         local ip
  -r,--rs_list RS_LIST     root service list
  -l,--log_level LEVEL     server log level
  -o,--optstr OPTSTR       extra options string
  -m,--mode MODE, -f,--scn SCN, -6,--use-ipv6`

/** Reads argv; throws UsageError on an unknown flag, a missing value or a number that is none. */
export function parseFlags(argv: readonly string[]): Flags {
  const flags: Flags = {}
  const rest = argv.flatMap((word) => (/^--[a-z_]+=/.test(word) ? split(word) : [word]))
  for (let at = 0; at < rest.length; at++) {
    const word = rest[at] ?? ''
    const asSwitch = switches[word]
    if (asSwitch) {
      flags[asSwitch] = true
      continue
    }
    const asText = texts[word]
    const asNumber = numbers[word]
    if (!asText && !asNumber) throw new UsageError(`unknown option '${word}'`)
    const value = rest[++at]
    if (value === undefined || value === '')
      throw new UsageError(`option '${word}' requires an argument`)
    if (asText) flags[asText] = value
    if (asNumber) flags[asNumber] = natural(word, value)
  }
  return flags
}

function split(word: string): string[] {
  const at = word.indexOf('=')
  return [word.slice(0, at), word.slice(at + 1)]
}

function natural(flag: string, value: string): number {
  if (!/^\d+$/.test(value)) throw new UsageError(`malformed number '${value}' for option '${flag}'`)
  return Number(value)
}

/** `k=v,k=v` of -o. A value may hold `;` but no comma, as in the real one. */
export function parseOptions(text: string): Map<string, string> {
  const pairs = new Map<string, string>()
  for (const part of text.split(',').filter((piece) => piece.trim() !== '')) {
    const at = part.indexOf('=')
    if (at <= 0) throw new UsageError(`invalid config '${part}'`)
    pairs.set(part.slice(0, at).trim(), part.slice(at + 1).trim())
  }
  return pairs
}
