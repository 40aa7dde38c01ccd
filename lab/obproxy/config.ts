import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

export type Settings = Record<string, string>

/**
 * Parameters and their defaults. The two passwords are kept as sha1 in hex, which is how -o gives
 * them.
 */
export const defaults: Settings = {
  app_name: 'undefined',
  listen_port: '2883',
  prometheus_listen_port: '2884',
  rpc_listen_port: '2885',
  rootservice_list: '',
  rootservice_cluster_name: '',
  obproxy_config_server_url: '',
  observer_sys_password: '',
  obproxy_sys_password: '',
  enable_strict_kernel_release: 'True',
  enable_cluster_checkout: 'True',
  enable_metadb_used: 'True',
  skip_proxy_sys_private_check: 'False',
  client_session_id_version: '2',
  proxy_id: '0',
}

const passwords = new Set(['observer_sys_password', 'obproxy_sys_password'])

export type Config = { settings: Settings; set: (name: string, value: string) => void }

/**
 * Opens the configuration of a home: what was persisted wins over the flags of this start, as in
 * the real one.
 */
export function openConfig(home: string, flags: Settings): Config {
  const file = join(home, 'etc/obproxy_config.bin')
  const settings: Settings = { ...defaults, ...flags, ...load(file) }
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
