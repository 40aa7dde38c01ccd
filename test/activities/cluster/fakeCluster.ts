import type { ClusterNode } from '../../../src/activities/node.ts'
import { DefiniteError, TransientError } from '../../../src/errors/failure.ts'
import { asIs } from '../../../src/errors/say.ts'
import type { Host } from '../../../src/host/index.ts'
import {
  type ClusterSpec,
  rootServersOf,
  type Sql,
  SqlError,
  type SqlUser,
  serversOf,
} from '../../../src/oceanbase/index.ts'
import { Secret } from '../../../src/quote.ts'
import type { SecretRef } from '../../../src/secretOf.ts'
import type { StoreWith } from '../../../src/store/index.ts'

export const password = 'Posted-1-password'

/**
 * A 4.x cluster; each string is a zone with its servers, the first of which is its root server:
 * `['10.0.0.1 10.0.0.2', '10.0.0.3']`.
 */
export const clusterOf = (
  zones: readonly string[],
  extra: Partial<ClusterSpec> = {},
): ClusterSpec => ({
  id: 22,
  name: 'terran',
  obClusterId: 1,
  type: 'PRIMARY',
  version: '4.2.1.8',
  packageId: 1,
  primaryZone: '',
  sqlPort: 2881,
  rpcPort: 2882,
  paths: { install: '/home/admin/oceanbase', data: '/data/1', log: '/data/log1' },
  osUser: 'admin',
  startupParameters: [],
  zones: zones.map((servers, index) => ({
    name: `zone${index + 1}`,
    idcName: 'hz2',
    regionName: '',
    servers: servers.split(' ').map((ip, place) => ({
      hostId: Number(ip.split('.').at(-1)),
      ip,
      zone: `zone${index + 1}`,
      rootServer: place === 0,
    })),
  })),
  obproxyClusterIds: [],
  ...extra,
})

/** What the world outside the nodes is: tests change it, nodes see it through SQL and scripts. */
export interface World {
  rootPassword: string
  bootstrapped: boolean
  primaryZone: string
  idcs: Record<string, string>
  listed: string[]
  frozen: number
  calibration: string
  /** Rows of inner tables that were filled. */
  rows: Map<string, number>
  /** Grants that a user has besides what it was given. */
  extraGrant: string | undefined
  /** Whose the directories are. */
  directories: 'ours' | 'foreign'
  dirty: boolean
  dead: Set<string>
  /**
   * What the host tells of an earlier BOOTSTRAP; with `running`, for how many seconds it has been
   * waited for.
   */
  note: 'none' | `running ${number}` | 'ended' | 'ended said-done' | 'refused' | 'done'
  restarted: Set<string>
  /**
   * When a server's process was started, by its host, and began to serve, by the cluster: seconds.
   */
  startedAt: Map<string, number>
  servingSince: Map<string, number>
  /** Servers that know the core schema alone. */
  starting: Set<string>
  observerLog: string
  /** Pieces of the package's time zones, as its host sends them. */
  packedTimeZones: string[]
  /** The same of its spatial reference systems. */
  packedSpatial: string[]
  /**
   * Called before a statement is carried out and after; throwing there is a refusal or a lost
   * answer.
   */
  before: (statement: string) => void
  after: (statement: string) => void
  /** Everything that was done: remote scripts as `title@ip`, statements as their text. */
  done: string[]
}

const newWorld = (): World => ({
  rootPassword: '',
  bootstrapped: false,
  primaryZone: 'RANDOM',
  idcs: {},
  listed: [],
  frozen: 1,
  calibration: 'NOT AVAILABLE',
  rows: new Map(),
  extraGrant: undefined,
  directories: 'ours',
  dirty: false,
  dead: new Set(),
  note: 'none',
  restarted: new Set(),
  startedAt: new Map(),
  servingSince: new Map(),
  starting: new Set(),
  observerLog: '',
  packedTimeZones: [],
  packedSpatial: [],
  before: () => undefined,
  after: () => undefined,
  done: [],
})

type SecretsUse = 'secrets.get' | 'secrets.getOrCreate'

/** A node over a world of its own. Nothing here knows which node will run. */
export function fakeNode(cluster: ClusterSpec, changes: Partial<World> = {}) {
  const world = Object.assign(newWorld(), changes)
  const lines: string[] = []
  const secrets = new Map<SecretRef, Secret>([[`cluster/${cluster.id}/root`, new Secret(password)]])
  const users = new Map<string, string>()
  const secret = (ref: SecretRef): Secret => {
    const found = secrets.get(ref)
    if (!found) throw new Error(`no secret ${ref}`)
    return found
  }
  const store: StoreWith<SecretsUse> = {
    secrets: {
      get: async (ref) => secret(ref),
      getOrCreate: async (ref, create) =>
        secret(secrets.has(ref) || secrets.set(ref, create()) ? ref : ref),
    },
  }

  const scripts: Record<string, (ip: string) => unknown> = {
    'start observer': (ip) => (world.dead.has(ip) ? 'observer none' : 'observer 7'),
    'look for observer': (ip) => (world.dead.has(ip) ? 'observer none' : 'observer 7'),
    'look for an earlier BOOTSTRAP': () => world.note,
    'note that BOOTSTRAP is sent': () => {
      world.note = 'running 0'
    },
    'note that BOOTSTRAP was refused': () => {
      world.note = 'refused'
    },
    'note that BOOTSTRAP was done': () => {
      world.note = 'done'
    },
    'look when observer was started': (ip) =>
      world.dead.has(ip) ? '' : `started ${world.startedAt.get(ip) ?? 1_000}.500`,
    'look whose directories these are': () => `${world.directories} /data/1/terran/clog`,
    'empty observer directories': () => {
      world.dirty = false
    },
    'look for an earlier restart': (ip) => (world.restarted.has(ip) ? 'restarted' : ''),
    'note the restart': (ip) => {
      world.restarted.add(ip)
    },
    'read observer.log': () => world.observerLog,
    'read timezone_V1.log': () => world.packedTimeZones.shift(),
    'read default_srs_data_mysql.sql': () => world.packedSpatial.shift(),
  }

  const hostOf = (id: number): Host => {
    const ip = serversOf(cluster).find((server) => server.hostId === id)?.ip ?? ''
    const run: Host['must'] = async (_script, options) => {
      const title = options?.title ?? ''
      world.done.push(`${title}@${ip}`)
      const answer = scripts[title]?.(ip)
      return typeof answer === 'string' ? answer : ''
    }
    return {
      id,
      ip,
      must: run,
      run: async (script, options) => ({ code: 0, stdout: await run(script, options), stderr: '' }),
      rounds: async () => [],
      clock: async () => ({ offsetMs: 0, errorMs: 1 }),
      upload: async () => ({ code: 0, stdout: '', stderr: '' }),
      overLoopback: () => Promise.reject(new Error('no program listens here')),
    }
  }

  const servers = () =>
    world.listed.map((ip) => ({
      svr_ip: ip,
      svr_port: 2882,
      sql_port: 2881,
      zone: serversOf(cluster).find((server) => server.ip === ip)?.zone ?? '',
      status: 'ACTIVE',
      with_rootserver: ip === world.listed[0] ? 'YES' : 'NO',
      start_service_time: world.servingSince.get(ip) ?? 2_000,
      stop_time: null,
      build_version: '4.2.1.8',
    }))

  const zones = () =>
    cluster.zones.map(({ name }) => ({
      zone: name,
      status: 'ACTIVE',
      region: 'sys_region',
      idc: world.idcs[name] ?? '',
    }))
  const sys = () => ({
    tenant_id: 1,
    tenant_name: 'sys',
    tenant_type: 'SYS',
    compatibility_mode: 'MYSQL',
    primary_zone: world.primaryZone,
    locality: '',
    status: 'NORMAL',
  })
  const grants = (name: string) => [
    `GRANT SELECT ON *.* TO '${name}'`,
    ...(world.extraGrant ? [world.extraGrant] : []),
  ]

  // Of 2.2 and 3.x: times in microseconds.
  const olderServers = () =>
    servers().map(({ sql_port, start_service_time, with_rootserver, ...row }) => ({
      ...row,
      status: 'active',
      inner_port: sql_port,
      with_rootserver: with_rootserver === 'YES' ? 1 : 0,
      start_service_time: start_service_time * 1_000_000,
      stop_time: 0,
    }))
  const olderZones = () =>
    cluster.zones.flatMap(({ name }) => [
      { zone: name, name: 'status', value: 2, info: 'ACTIVE' },
      { zone: name, name: 'idc', value: 0, info: world.idcs[name] ?? '' },
    ])

  const queries: readonly (readonly [RegExp, (name: string) => unknown[]])[] = [
    [/__all_core_table/, () => (world.bootstrapped ? [{ column_value: 42 }] : [])],
    [/COUNT\(\*\) AS n FROM oceanbase\.(\w+)/, (table) => [{ n: world.rows.get(table) ?? 0 }]],
    [/DBA_OB_SERVERS/, servers],
    [/__all_server\b/, olderServers],
    [/__all_zone\b/, olderZones],
    [
      /GV\$OB_IO_CALIBRATION_STATUS/,
      () => world.listed.map((ip) => ({ svr_ip: ip, status: world.calibration })),
    ],
    [/DBA_OB_ZONES/, zones],
    [/DBA_OB_TENANTS/, () => [sys()]],
    [/CDB_OB_MAJOR_COMPACTION/, () => [{ frozen_scn: world.frozen, last_scn: 1, status: 'IDLE' }]],
    [
      /SHOW GRANTS FOR `(\w+)`/,
      (name) => grants(name).map((grant) => ({ [`Grants for ${name}@%`]: grant })),
    ],
  ]

  const bootstrap = (): void => {
    if (world.dirty) throw new SqlError(4015, asIs('System error'), '10.0.0.1')
    world.bootstrapped = true
    world.listed = rootServersOf(cluster).map((server) => server.ip)
  }
  const statements: readonly (readonly [RegExp, (first: string, second: string) => unknown])[] = [
    [/ALTER SYSTEM BOOTSTRAP/, bootstrap],
    [/ADD SERVER '([\d.]+):/, (ip) => world.listed.push(ip)],
    [
      /MODIFY ZONE '(\w+)' SET IDC = '(\w+)'/,
      (zone, idc) => Object.assign(world.idcs, { [zone]: idc }),
    ],
    [
      /ALTER USER root IDENTIFIED BY '(.+)'/,
      (rootPassword) => Object.assign(world, { rootPassword }),
    ],
    [/ALTER USER `(\w+)` IDENTIFIED BY '(.+)'/, (name, value) => users.set(name, value)],
    [/PRIMARY_ZONE = '(.+)'/, (primaryZone) => Object.assign(world, { primaryZone })],
    [
      /REPLACE INTO oceanbase\.(\w+) \([\w, ]+\) VALUES (.*)/,
      (table, rows) =>
        world.rows.set(table, (world.rows.get(table) ?? 0) + rows.split('), (').length),
    ],
    [/MAJOR FREEZE/, () => world.frozen++],
    [/RUN JOB 'io_calibration'/, () => Object.assign(world, { calibration: 'IN PROGRESS' })],
  ]

  const query = (text: string): unknown[] => {
    world.done.push(text)
    world.before(text)
    for (const [pattern, rows] of queries) {
      const found = pattern.exec(text)
      if (found) return rows(found[1] ?? '')
    }
    return []
  }
  const execute = (text: string): void => {
    world.done.push(text)
    world.before(text)
    for (const [pattern, effect] of statements) {
      const found = pattern.exec(text)
      if (found) effect(found[1] ?? '', found[2] ?? '')
    }
    world.after(text)
  }

  const sql = async (server: { readonly ip: string }, user: SqlUser): Promise<Sql> => {
    if (world.dead.has(server.ip))
      throw new TransientError(asIs(`connect ECONNREFUSED ${server.ip}:2881`))
    const starting = world.starting.has(server.ip)
    const right = starting
      ? ''
      : user === 'root' || user === 'rootEmpty'
        ? world.rootPassword
        : users.get(user)
    const offered =
      user === 'rootEmpty' ? '' : secrets.get(`cluster/${cluster.id}/${user}`)?.reveal()
    if (offered === undefined || offered !== right)
      throw new DefiniteError({
        code: 'OBE12000',
        message: asIs(`Access denied for user '${user}'`),
        host: server.ip,
      })
    return {
      rows: async (asked, row) => {
        if (starting && /oceanbase\.(?!__all_core_table)/.test(asked.text))
          throw new SqlError(1146, asIs("Table doesn't exist"), server.ip)
        return query(asked.text).map((found) => row.parse(found))
      },
      run: async (statement) => execute(statement.text),
      close: async () => undefined,
    }
  }

  const node: ClusterNode<SecretsUse> = {
    cluster,
    input: {
      taskId: 1000,
      subtaskId: 10,
      runTime: 1,
      operation: 'EXECUTE',
      workflow: 'createCluster',
      name: 'under test',
      timeoutSeconds: 60,
      clusterId: cluster.id,
    },
    store,
    log: (level, message) => void lines.push(`${level} ${message}`),
    signal: AbortSignal.timeout(20_000),
    progress: () => undefined,
    host: async (id) => hostOf(id),
    sql,
  }
  /** What was done that matches, in order. */
  const done = (pattern: RegExp) => world.done.filter((entry) => pattern.test(entry))
  return { node, world, lines, done }
}
