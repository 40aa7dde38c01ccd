import { z } from 'zod'

/** Says what a value is for; the first example is what an error tells to write. */
const told = <Schema extends z.ZodType>(
  schema: Schema,
  description: string,
  ...examples: readonly unknown[]
) => schema.meta({ description, examples: [...examples] })

const reference = /^(env:[A-Za-z_]\w*|file:\S.*|prompt)$/
const noSecret = 'is a secret, and a secret does not belong in this file'

/** Where a secret is, never the secret itself. */
const secret = (description: string, example: string) =>
  told(
    z.string({ error: noSecret }).regex(reference, { error: noSecret }),
    `${description}: \`env:NAME\`, \`file:PATH\` (from this file's folder) or \`prompt\`, which asks for it. Never the secret itself.`,
    example,
  )

const port = (description: string, example: number) =>
  told(z.int().min(1025).max(65_535), description, example)

const address = z.ipv4({ error: 'must be an IPv4 address' })
const placeName = z.string().trim().min(1).max(128)

const login = told(
  z
    .strictObject({
      user: told(
        z
          .string()
          .regex(/^[a-z_][a-z0-9_.-]*\$?$/i, 'must be a Linux user name')
          .max(32),
        'Who logs in: root, or one who may use sudo without a password.',
        'root',
      ).default('root'),
      privateKey: secret('Private key without a passphrase', 'file:~/.ssh/id_ed25519').optional(),
      password: secret('Password', 'env:SSH_PASSWORD').optional(),
      credential: told(
        z.string().min(1),
        'Name under which obflow keeps this login; one of this name that is there is used as it is.',
        'root-key',
      ).optional(),
    })
    .refine(
      ({ privateKey, password }) => privateKey === undefined || password === undefined,
      'has a privateKey and a password; a login has one of them',
    )
    .refine(
      ({ privateKey, password, credential }) =>
        [privateKey, password, credential].some((each) => each !== undefined),
      'needs privateKey, password or credential',
    ),
  'How obflow logs in to the hosts by SSH.',
  { user: 'root', privateKey: 'file:~/.ssh/id_ed25519' },
)

const host = z.strictObject({
  address: told(address, 'The IPv4 address by which the other hosts reach it.', '10.0.0.11'),
  sshPort: told(z.int().min(1).max(65_535), 'Port of its sshd; 22 unless told.', 22).optional(),
  login: login.optional(),
  alias: told(z.string().max(128), 'A name for people.', 'db1').optional(),
})

const parameterName = told(
  z
    .string()
    .regex(/^_{0,2}[a-z]\w{0,125}$/i, 'must have only letters, digits and _')
    .refine(
      (name) => !/passw|secret/i.test(name),
      `${noSecret}; passwords have fields of their own`,
    ),
  'Name of a parameter.',
  'memory_limit',
)
const parameterValue = z.union(
  [
    z
      .string()
      .regex(/^[^\s,;'"\\\p{Cc}]{1,512}$/u, 'must have no spaces, commas, quotes or backslashes'),
    z.number(),
    z.boolean(),
  ],
  { error: 'must be a text, a number, true or false' },
)
const parameters = (description: string, example: Readonly<Record<string, unknown>>) =>
  told(z.record(parameterName, parameterValue), description, example)

const zone = z.strictObject({
  name: told(
    z.string().regex(/^[a-z]\w{1,63}$/i, 'must be a letter, then letters, digits and _'),
    'Name of the zone.',
    'zone1',
  ),
  idc: told(
    placeName,
    'IDC in which the hosts of this zone stand; `default` unless told.',
    'hz1',
  ).default('default'),
  hosts: told(z.array(address).min(1), 'Addresses of its hosts, an observer on each.', [
    '10.0.0.11',
  ]),
})

const path = (description: string, example: string) =>
  told(z.string().regex(/^\/[^/]/, 'must be an absolute path'), description, example)

const cluster = z.strictObject({
  name: told(
    z
      .string()
      .regex(
        /^[a-z]\w{1,47}$/i,
        'must be a letter, then letters, digits and _, 2 to 48 characters',
      ),
    'Name of the cluster.',
    'terran',
  ),
  password: secret('Password of root@sys', 'env:ROOT_PASSWORD'),
  package: told(
    z.string().min(1),
    'File name of the server package; only needed when `packages` has more than one.',
    'oceanbase-ce-4.2.1.8-108000022024072217.el7.x86_64.rpm',
  ).optional(),
  id: told(
    z.int().min(1).max(4_294_901_759),
    "OceanBase's own number of the cluster; chosen unless told.",
    1001,
  ).optional(),
  primaryZone: told(
    z.string().min(1),
    'Where leaders are, most wanted first; RANDOM unless told.',
    'zone1;zone2,zone3',
  ).optional(),
  osUser: told(
    z.string().regex(/^[a-z_][a-z0-9_-]{0,31}$/, 'must be a Linux user name'),
    'Who runs observer; `admin` unless told. The user has to be there.',
    'admin',
  ).optional(),
  ports: told(
    z.strictObject({
      sql: port('SQL; 2881 unless told.', 2881).optional(),
      rpc: port('RPC between observers; 2882 unless told.', 2882).optional(),
    }),
    'Ports of observer.',
    { sql: 2881, rpc: 2882 },
  ).optional(),
  paths: told(
    z.strictObject({
      install: path(
        'Where the programs lie; /home/admin/oceanbase unless told.',
        '/home/admin/oceanbase',
      ).optional(),
      data: path('Data disk; /data/1 unless told.', '/data/1').optional(),
      log: path('Redo disk; /data/log1 unless told.', '/data/log1').optional(),
    }),
    'Directories on the hosts; they have to be there.',
    { data: '/data/1', log: '/data/log1' },
  ).optional(),
  parameters: parameters('What observer is started with.', { memory_limit: '16G' }).optional(),
  zones: told(
    z.array(zone).min(1).max(64),
    'Zones of the cluster: three for one that survives the loss of a host.',
    [{ name: 'zone1', hosts: ['10.0.0.11'] }],
  ),
})

const obproxy = z.strictObject({
  name: told(
    z
      .string()
      .regex(
        /^[a-z][\w-]{0,47}$/i,
        'must be a letter, then letters, digits, _ and -, at most 48 characters',
      ),
    'Name of the OBProxy cluster.',
    'odp',
  ),
  hosts: told(z.array(address).min(1).max(100), 'Addresses of its hosts, a proxy on each.', [
    '10.0.0.14',
  ]),
  idc: told(
    placeName,
    'IDC of those hosts that no zone has; `default` unless told.',
    'hz1',
  ).default('default'),
  mode: told(
    z.enum(['RS_LIST', 'CONFIG_URL']),
    'RS_LIST: proxies are told of this one cluster. CONFIG_URL: they ask obflow, which hosts have to reach.',
    'RS_LIST',
  ).default('RS_LIST'),
  ports: told(
    z.strictObject({
      sql: port('SQL; 2883 unless told.', 2883).optional(),
      exporter: port('Prometheus exporter; 2884 unless told.', 2884).optional(),
      rpc: port('RPC, of versions that have it; 2885 unless told.', 2885).optional(),
    }),
    'Ports of obproxy.',
    { sql: 2883 },
  ).optional(),
  password: secret(
    'Password of root@proxysys; made up unless told',
    'env:PROXYSYS_PASSWORD',
  ).optional(),
  parameters: parameters('Parameters of obproxy.', { proxy_mem_limited: '2G' }).optional(),
})

/** One cluster with all that it needs: packages, places, logins, hosts, zones, proxies. */
export const topology = z
  .strictObject({
    packages: told(
      z.array(z.string().min(1)).min(1),
      "Package files of the server, its libraries and the agent (and of obproxy): paths from this file's folder, or names of files that were uploaded before.",
      ['./oceanbase-ce-4.2.1.8-108000022024072217.el7.x86_64.rpm'],
    ),
    regions: told(
      z.record(placeName, z.array(placeName).min(1)),
      'Regions, each with its IDCs. Without it every IDC is in the region `default`.',
      { hangzhou: ['hz1', 'hz2'] },
    ).optional(),
    login: login.optional(),
    hosts: told(
      z.array(host),
      'What is special about a host: its SSH port, its own login, an alias. Others need no entry.',
      [{ address: '10.0.0.11', sshPort: 2222 }],
    ).optional(),
    cluster: told(cluster, 'The cluster.', { name: 'terran' }),
    obproxy: told(obproxy, 'Proxies before the cluster.', {
      name: 'odp',
      hosts: ['10.0.0.14'],
    }).optional(),
  })
  .check(({ value, issues }) => {
    for (const { path, message } of crossFaults(value))
      issues.push({ code: 'custom', path: [...path], message, input: value })
  })

export type Topology = z.infer<typeof topology>
export type Login = NonNullable<Topology['login']>

interface CrossFault {
  readonly path: readonly (string | number)[]
  readonly message: string
}

interface Placed {
  readonly address: string
  readonly path: readonly (string | number)[]
}

/** What no field can say by itself. */
function* crossFaults({
  cluster,
  hosts = [],
  login,
  obproxy,
  regions,
}: Topology): Generator<CrossFault> {
  const zoneNames = cluster.zones.map(({ name }) => name)
  for (const [index, name] of zoneNames.entries())
    if (zoneNames.indexOf(name) !== index)
      yield {
        path: ['cluster', 'zones', index, 'name'],
        message: `is the name of another zone, too: give each its own`,
      }

  const placed = cluster.zones.flatMap((zone, at) =>
    zone.hosts.map(
      (address, index): Placed => ({ address, path: ['cluster', 'zones', at, 'hosts', index] }),
    ),
  )
  yield* twice(placed, 'is in a zone already: a host has one observer')
  const proxies = (obproxy?.hosts ?? []).map(
    (address, index): Placed => ({ address, path: ['obproxy', 'hosts', index] }),
  )
  yield* twice(proxies, 'is named twice')
  const observers = new Set(placed.map(({ address }) => address))
  for (const { address, path } of proxies)
    if (observers.has(address))
      yield { path, message: `${address} has an observer: a proxy needs a host of its own` }
  yield* twice(
    hosts.map(({ address }, index) => ({ address, path: ['hosts', index, 'address'] })),
    'has an entry already',
  )

  const used = new Set([...placed, ...proxies].map(({ address }) => address))
  for (const [index, { address }] of hosts.entries())
    if (!used.has(address))
      yield {
        path: ['hosts', index, 'address'],
        message: 'is in no zone and has no proxy: put it into one, or leave it out',
      }

  const own = new Set(
    hosts.filter((each) => each.login !== undefined).map(({ address }) => address),
  )
  const without = [...used].find((address) => !own.has(address))
  if (login === undefined && without !== undefined)
    yield { path: ['login'], message: `is missing: how does obflow log in to ${without}?` }

  if (regions !== undefined) {
    const known = new Set(Object.values(regions).flat())
    for (const [index, { idc }] of cluster.zones.entries())
      if (!known.has(idc))
        yield {
          path: ['cluster', 'zones', index, 'idc'],
          message: `${idc} is in none of the regions: name one of ${[...known].join(', ')}`,
        }
  }
  if (cluster.primaryZone !== undefined && cluster.primaryZone !== 'RANDOM')
    for (const name of cluster.primaryZone.split(/[;,]/))
      if (!zoneNames.includes(name.trim()))
        yield {
          path: ['cluster', 'primaryZone'],
          message: `names ${name.trim() || 'nothing'}, which is none of ${zoneNames.join(', ')}`,
        }
}

function* twice(all: readonly Placed[], message: string): Generator<CrossFault> {
  const seen = new Set<string>()
  for (const { address, path } of all) {
    if (seen.has(address)) yield { path, message: `${address} ${message}` }
    seen.add(address)
  }
}

/** For editors; docs/topology.schema.json is this. */
export const jsonSchema = () => ({
  ...z.toJSONSchema(topology, { io: 'input' }),
  title: "obflow's topology file",
})
