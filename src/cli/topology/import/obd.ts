import { z } from 'zod'
import type { Imported } from './index.ts'

// obd's files: obdeploy/example/distributed-with-obproxy-example.yaml and
// example/obagent/distributed-with-obproxy-and-obagent-example.yaml.

const text = z.union([z.string(), z.number(), z.boolean()]).transform(String)
const settings = z.record(z.string(), z.unknown())
const server = z.union([
  z.string().transform((ip) => ({ name: ip, ip })),
  z
    .looseObject({ name: z.string().optional(), ip: z.string() })
    .transform(({ name, ip }) => ({ name: name ?? ip, ip })),
])
const component = z.looseObject({
  servers: z.array(server).default([]),
  global: settings.nullish(),
  version: text.optional(),
  release: text.optional(),
})
type Component = z.infer<typeof component>

const login = z.looseObject({
  username: z.string().optional(),
  password: text.optional(),
  key_file: z.string().optional(),
  port: z.number().optional(),
})

const observers = ['oceanbase-ce', 'oceanbase', 'oceanbase-standalone']
const proxies = ['obproxy-ce', 'obproxy']

/** Settings of obd's that have a place of their own in a topology. */
const placed = new Set([
  'mysql_port',
  'rpc_port',
  'home_path',
  'data_dir',
  'redo_dir',
  'appname',
  'cluster_id',
  'zone',
  'primary_zone',
  'root_password',
])
/** Settings that obflow works out by itself, or that only obd reads. */
const own =
  /^(devname|local_ip|obshell_port|production_mode|scenario|rs_list|obconfig_url|ocp_.*|deploy_mode|.*passw.*|.*secret.*)$/
const isScalar = (value: unknown): value is string | number | boolean =>
  ['string', 'number', 'boolean'].includes(typeof value)

function of(found: Readonly<Record<string, unknown>>, names: readonly string[]) {
  for (const name of names) {
    const parsed = component.safeParse(found[name])
    if (parsed.success) return { name, ...parsed.data }
  }
  return undefined
}

const defined = (values: Readonly<Record<string, unknown>>) =>
  Object.fromEntries(
    Object.entries(values).filter(
      ([, value]) =>
        value !== undefined &&
        !(typeof value === 'object' && value !== null && Object.keys(value).length === 0),
    ),
  )

/** A setting of a server, or that of all. */
const settingOf = ({ global, ...rest }: Component, name: string, key: string): unknown => {
  const mine = settings.safeParse(rest[name]).data
  return mine?.[key] ?? global?.[key]
}

/** A setting that all servers have alike; where they do not, the first one's, and that is said. */
function shared(
  it: Component & { readonly name: string },
  key: string,
  leftOut: string[],
): unknown {
  const values = it.servers.map(({ name }) => settingOf(it, name, key))
  const [first, ...others] = values
  if (others.some((value) => value !== first))
    leftOut.push(
      `${it.name}: ${key} differs from server to server, and is the same for all here: ${String(first)}`,
    )
  return first
}

const number = (value: unknown): number | undefined =>
  typeof value === 'number' ? value : undefined
const string = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined

function parametersOf(it: Component & { readonly name: string }, leftOut: string[]) {
  const names = new Set([
    ...Object.keys(it.global ?? {}),
    ...it.servers.flatMap(({ name }) => Object.keys(settings.safeParse(it[name]).data ?? {})),
  ])
  return Object.fromEntries(
    [...names].flatMap((key): [string, unknown][] => {
      if (placed.has(key)) return []
      const value = shared(it, key, leftOut)
      if (!own.test(key) && isScalar(value)) return [[key, value]]
      // A secret of obd's file must not be repeated.
      leftOut.push(`${it.name}: ${key}`)
      return []
    }),
  )
}

/** A topology of obd's file; undefined when that has no OceanBase. */
export function fromObd(found: Readonly<Record<string, unknown>>): Imported | undefined {
  const ob = of(found, observers)
  if (ob === undefined) return undefined
  const leftOut: string[] = []
  const todo = [
    'To do: name the package files, and look at the login and the passwords: secrets of the other file are not taken over.',
  ]
  const user = login.safeParse(found.user).data
  const zones = [
    ...Map.groupBy(
      ob.servers,
      ({ name }) =>
        string(settingOf(ob, name, 'zone')) ??
        `zone${ob.servers.findIndex((each) => each.name === name) + 1}`,
    ),
  ]
  const odp = of(found, proxies)
  const build =
    ob.version === undefined
      ? ''
      : `-${ob.version}${ob.release === undefined ? '' : `-${ob.release}`}`
  const ports = defined({
    sql: number(shared(ob, 'mysql_port', leftOut)),
    rpc: number(shared(ob, 'rpc_port', leftOut)),
  })
  const install = string(shared(ob, 'home_path', leftOut))
  const data = string(shared(ob, 'data_dir', leftOut))
  const addresses = [...ob.servers, ...(odp?.servers ?? [])].map(({ ip }) => ip)
  const topology = defined({
    packages: [
      `./${ob.name}${build}.rpm`,
      ...(ob.name === 'oceanbase-ce' ? [`./${ob.name}-libs${build}.rpm`] : []),
      './obagent.rpm',
      ...(odp ? [`./${odp.name}.rpm`] : []),
    ],
    login: defined({
      user: user?.username ?? 'root',
      privateKey:
        user?.password === undefined || user.key_file !== undefined
          ? `file:${user?.key_file ?? '~/.ssh/id_rsa'}`
          : undefined,
      password: user?.password !== undefined && user.key_file === undefined ? 'prompt' : undefined,
    }),
    hosts:
      user?.port === undefined || user.port === 22
        ? undefined
        : [...new Set(addresses)].map((address) => ({ address, sshPort: user.port })),
    cluster: defined({
      name: string(ob.global?.appname) ?? 'obcluster',
      password: 'prompt',
      id: number(ob.global?.cluster_id),
      primaryZone: string(ob.global?.primary_zone),
      ports,
      paths: defined({
        install,
        data: data ?? (install && `${install}/store`),
        log: string(shared(ob, 'redo_dir', leftOut)) ?? data ?? (install && `${install}/store`),
      }),
      parameters: parametersOf(ob, leftOut),
      zones: zones.map(([name, servers]) => ({ name, hosts: servers.map(({ ip }) => ip) })),
    }),
    obproxy: odp && obproxyOf(odp, ob, leftOut),
  })
  const taken = new Set([ob.name, odp?.name, 'user'])
  for (const key of Object.keys(found))
    if (!taken.has(key))
      leftOut.push(
        `${key}: ${key === 'obagent' ? 'the agent is part of every host here' : 'obflow does not deploy it'}`,
      )
  return { topology, leftOut, todo }
}

function obproxyOf(odp: Component & { readonly name: string }, ob: Component, leftOut: string[]) {
  const busy = new Set(ob.servers.map(({ ip }) => ip))
  const free = odp.servers.filter(({ ip }) => !busy.has(ip))
  for (const { ip } of odp.servers)
    if (busy.has(ip)) leftOut.push(`${odp.name} on ${ip}: a proxy needs a host of its own here`)
  if (free.length === 0) return undefined
  const ports = defined({
    sql: number(shared(odp, 'listen_port', leftOut)),
    exporter: number(shared(odp, 'prometheus_listen_port', leftOut)),
    rpc: number(shared(odp, 'rpc_listen_port', leftOut)),
  })
  const known = new Set(['listen_port', 'prometheus_listen_port', 'rpc_listen_port'])
  for (const key of Object.keys(odp.global ?? {}))
    if (!known.has(key)) leftOut.push(`${odp.name}: ${key}`)
  return defined({ name: 'odp', hosts: free.map(({ ip }) => ip), ports })
}
