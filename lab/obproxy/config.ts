import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

export type Settings = Record<string, string>

/** As the package says, `4.3.1.0`; the newest one when the program does not lie in a package. */
const version = (() => {
  try {
    return readFileSync(join(import.meta.dirname, '../lab_version'), 'utf8').trim()
  } catch {
    return '4.3.1.0'
  }
})()

const isFrom = (least: string): boolean =>
  version.localeCompare(least, 'en', { numeric: true }) >= 0

/**
 * From here on root@proxysys has a password from the start, which only its makers know. Source:
 * obproxy obutils/ob_proxy_config.h, tags v4.2.3 and v4.3.1.
 */
const guarded = isFrom('4.3.1')
const firstPassword = 'f0455d5edb4833fa2e91762e71b61bc35d45cf0b'
const firstObserverPassword = 'ee0e5138c912aed80b683c05303684be347ce81d'

/**
 * From here on no client from another than a private address gets in as root@proxysys. Source:
 * obproxy obutils/ob_proxy_config.h, tags v4.1.0 and v4.2.1.
 */
const privateOnly = isFrom('4.2.1')

/** Listens on rpc_listen_port too. Source: obdeploy plugins/obproxy/4.3.0/parameter.yaml. */
const servesRpc = isFrom('4.3.0')

/**
 * Parameters and their defaults. The two passwords are kept as sha1 in hex, which is how -o gives
 * them.
 */
export const defaults: Settings = {
  app_name: 'undefined',
  listen_port: '2883',
  prometheus_listen_port: '2884',
  ...(servesRpc && { enable_obproxy_rpc_service: 'True', rpc_listen_port: '2885' }),
  rootservice_list: '',
  rootservice_cluster_name: 'undefined',
  obproxy_config_server_url: '',
  observer_sys_password: guarded ? firstObserverPassword : '',
  obproxy_sys_password: guarded ? firstPassword : '',
  enable_strict_kernel_release: 'True',
  enable_cluster_checkout: 'True',
  enable_metadb_used: 'True',
  skip_proxy_sys_private_check: privateOnly ? 'False' : 'True',
  client_session_id_version: '2',
  proxy_id: '0',
}

const passwords = new Set(['observer_sys_password', 'obproxy_sys_password'])

export type Config = { settings: Settings; set: (name: string, value: string) => void }

/** Whether a setting is on, however it is written. */
export const isOn = (value: string | undefined): boolean => /^(true|1|on|yes|t)$/i.test(value ?? '')

/**
 * Opens the configuration of a home: the flags of this start win over what was persisted. Source:
 * obproxy src/obproxy/ob_proxy.cpp, init_local_config ("user specified config has the highest
 * priority").
 */
export function openConfig(home: string, flags: Settings): Config {
  const file = join(home, 'etc/obproxy_config.bin')
  const settings: Settings = { ...defaults, ...load(file), ...flags }
  save(file, settings)
  return {
    settings,
    set: (name, value) => {
      settings[name] =
        passwords.has(name) && value !== '' ? createHash('sha1').update(value).digest('hex') : value
      save(file, settings)
    },
  }
}

function load(file: string): Settings {
  if (!existsSync(file)) return {}
  const lines = readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line.includes('='))
  return Object.fromEntries(
    lines.map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
  )
}

function save(file: string, settings: Settings): void {
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(
    `${file}.tmp`,
    Object.entries(settings)
      .map(([name, value]) => `${name}=${value}\n`)
      .join(''),
    { mode: 0o600 },
  )
  renameSync(`${file}.tmp`, file)
}
