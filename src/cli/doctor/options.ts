import { clusterDefaults } from '../../oceanbase/index.ts'
import { UsageError } from '../usageError.ts'

/** What was given on the command line, as parseArgs reads it. */
export interface DoctorFlags {
  readonly hosts?: string | undefined
  readonly package?: readonly string[] | undefined
  readonly user?: string | undefined
  readonly key?: string | undefined
  readonly port?: string | undefined
  readonly parameter?: readonly string[] | undefined
  readonly 'os-user'?: string | undefined
  readonly 'install-path'?: string | undefined
  readonly 'data-path'?: string | undefined
  readonly 'log-path'?: string | undefined
  readonly 'sql-port'?: string | undefined
  readonly 'rpc-port'?: string | undefined
  readonly output?: string | undefined
}

export interface DoctorOptions {
  /** Addresses, or ids of the store. */
  readonly hosts: readonly string[]
  /** Files, or ids of the store. */
  readonly packages: readonly string[]
  readonly user: string
  readonly keyFile: string | undefined
  readonly sshPort: number
  readonly parameters: readonly { readonly name: string; readonly value: string }[]
  readonly osUser: string
  readonly paths: { readonly install: string; readonly data: string; readonly log: string }
  readonly sqlPort: number
  readonly rpcPort: number
  readonly json: boolean
}

export const isId = (word: string): boolean => /^\d+$/.test(word)

const list = (words: readonly string[]): string[] =>
  words.flatMap((word) => word.split(',')).filter((word) => word !== '')

function portOf(name: string, text: string | undefined, otherwise: number): number {
  const port = text === undefined ? otherwise : Number(text)
  if (!Number.isInteger(port) || port < 1 || port > 65_535)
    throw new UsageError(`--${name} is a port, not "${text}".`)
  return port
}

const parameterOf = (pair: string) => {
  const at = pair.indexOf('=')
  if (at < 1) throw new UsageError(`--parameter is NAME=VALUE, not "${pair}".`)
  return { name: pair.slice(0, at), value: pair.slice(at + 1) }
}

function pathOf(name: string, text: string | undefined, otherwise: string): string {
  const path = text ?? otherwise
  if (!/^\/[^/]/.test(path)) throw new UsageError(`--${name} is an absolute path, not "${path}".`)
  return path
}

/** Reads the command line of `obflow doctor`. Throws UsageError. */
export function doctorOptions(flags: DoctorFlags): DoctorOptions {
  const hosts = list([flags.hosts ?? ''])
  if (hosts.length === 0) throw new UsageError('obflow doctor needs --hosts: addresses, or ids.')
  if (new Set(hosts).size < hosts.length) throw new UsageError('--hosts names a host twice.')
  const packages = list(flags.package ?? [])
  if (packages.length === 0)
    throw new UsageError('obflow doctor needs --package: rpm files, or ids.')
  if (flags.output !== undefined && flags.output !== 'json' && flags.output !== 'text')
    throw new UsageError(`--output is text or json, not "${flags.output}".`)
  if (hosts.some((host) => !isId(host)) && flags.key === undefined)
    throw new UsageError('obflow doctor needs --key, a private key file, for hosts by address.')
  const { paths, ...defaults } = clusterDefaults
  return {
    hosts,
    packages,
    user: flags.user ?? 'root',
    keyFile: flags.key,
    sshPort: portOf('port', flags.port, 22),
    parameters: (flags.parameter ?? []).map(parameterOf),
    osUser: flags['os-user'] ?? defaults.osUser,
    paths: {
      install: pathOf('install-path', flags['install-path'], paths.install),
      data: pathOf('data-path', flags['data-path'], paths.data),
      log: pathOf('log-path', flags['log-path'], paths.log),
    },
    sqlPort: portOf('sql-port', flags['sql-port'], defaults.sqlPort),
    rpcPort: portOf('rpc-port', flags['rpc-port'], defaults.rpcPort),
    json: flags.output === 'json',
  }
}
