import { createConnection } from 'mysql2/promise'
import { z } from 'zod'
import type { LabHost } from './index.ts'

/** What a cluster has to look like from outside obflow. */
export interface Expected {
  readonly name: string
  readonly password: string
  readonly version: string
  /** Of the server's package; `oceanbase` unless told. */
  readonly packageName?: string
  readonly hosts: readonly LabHost[]
  /** As the sys tenant has it. */
  readonly primaryZone: string
  /** Whom the observer runs as and where; default admin, /home/admin/oceanbase. */
  readonly user?: string
  readonly installPath?: string
}

/** What is not as it should be, a sentence each. */
type Complaints = readonly string[]

const isLine4 = (version: string): boolean => version.startsWith('4.')

const directories = (name: string, version: string): string[] => [
  ...(isLine4(version) ? ['sstable', 'slog'] : ['sstable', 'sort_dir', 'etc3']).map(
    (sub) => `/data/1/${name}/${sub}`,
  ),
  ...(isLine4(version) ? ['clog'] : ['clog', 'ilog', 'slog', 'oob_clog', 'etc2']).map(
    (sub) => `/data/log1/${name}/${sub}`,
  ),
]

const unlike = (what: string, seen: unknown, wanted: unknown): Complaints => {
  const [has, needs] = [seen, wanted].map((value) => JSON.stringify(value))
  return has === needs ? [] : [`${what} is ${has} instead of ${needs}`]
}

async function hostComplaints(host: LabHost, expected: Expected): Promise<Complaints> {
  const { name, version, user = 'admin', installPath = '/home/admin/oceanbase' } = expected
  const { packageName = 'oceanbase' } = expected
  const output = async (command: string): Promise<string> =>
    (await host.exec(command)).stdout.trim()
  const made = directories(name, version)
  const links = made.map((path) => `${installPath}/store/${name}/${path.split('/').at(-1)}`)
  const [marker = '', header = ''] = (
    await output(`head -n 2 ${installPath}/etc/io_resource.conf`)
  ).split('\n')
  const pid = await output(`cat ${installPath}/run/observer.pid`)
  return [
    ...unlike(
      'the installed version',
      await output(`rpm -q ${packageName} --queryformat '%{VERSION}'`),
      version,
    ),
    ...unlike(
      'who owns the directories',
      await output(`stat -c '%U:%G %F' ${made.join(' ')} | sort -u`),
      `${user}:${user} directory`,
    ),
    ...unlike(
      'where the links lead',
      (await output(`readlink ${links.join(' ')}`)).split('\n'),
      made,
    ),
    ...unlike('the first line of io_resource.conf', marker, 'version 1'),
    ...(/^io_type\s+io_size_byte\s+io_ps\s+io_rt_us/.test(header)
      ? []
      : [`io_resource.conf has the header "${header}"`]),
    ...unlike("the observer's user", await output(`ps -o user= -p ${pid || 0}`), user),
    ...unlike(
      "the observer's directory",
      await output(`readlink /proc/${pid || 0}/cwd`),
      installPath,
    ),
    ...unlike(
      'the number of agents',
      await output("ps -eo comm= | grep -cE '^o(b|cp)_agentd$' || true"),
      '1',
    ),
  ].map((complaint) => `${host.ip}: ${complaint}`)
}

async function emptyPasswordComplaints(login: {
  readonly host: string
  readonly port: number
  readonly user: string
}) {
  try {
    await (await createConnection({ ...login, password: '' })).end()
    return ['root logs in without a password']
  } catch (error) {
    const errno = error instanceof Error && 'errno' in error ? error.errno : undefined
    return errno === 1045
      ? []
      : [`without a password root is answered ${String(error)} instead of 1045`]
  }
}

async function sqlComplaints({
  hosts,
  password,
  version,
  primaryZone,
}: Expected): Promise<Complaints> {
  const login = { host: hosts[0]?.ip ?? '', port: 2881, user: 'root@sys' }
  const open = await emptyPasswordComplaints(login)
  const connection = await createConnection({ ...login, password })
  try {
    const rows = async <Row>(query: string, row: z.ZodType<Row>): Promise<Row[]> =>
      z.array(row).parse((await connection.query(query))[0])
    const servers = isLine4(version)
      ? 'SELECT svr_ip AS ip, status FROM oceanbase.DBA_OB_SERVERS ORDER BY id'
      : 'SELECT svr_ip AS ip, status FROM oceanbase.__all_server ORDER BY id'
    const server = z.object({
      ip: z.string(),
      status: z.string().transform((status) => status.toUpperCase()),
    })
    const seen = (await rows(servers, server)).map(({ ip, status }) => `${ip} ${status}`)
    const users = (
      await rows('SELECT user AS name FROM mysql.user', z.object({ name: z.string() }))
    ).map(({ name }) => name)
    const tenants = isLine4(version)
      ? "SELECT primary_zone AS zone FROM oceanbase.DBA_OB_TENANTS WHERE tenant_name = 'sys'"
      : "SELECT primary_zone AS zone FROM oceanbase.__all_tenant WHERE tenant_name = 'sys'"
    const zone = await rows(tenants, z.object({ zone: z.string() }))
    return [
      ...open,
      ...unlike('the list of servers', seen.sort(), hosts.map(({ ip }) => `${ip} ACTIVE`).sort()),
      ...['root', 'ocp_monitor', 'proxyro']
        .filter((name) => !users.includes(name))
        .map((name) => `there is no user ${name}`),
      ...unlike('the primary zone of sys', zone, [{ zone: primaryZone }]),
    ]
  } finally {
    await connection.end()
  }
}

/**
 * What of a cluster is not as posted: on its hosts, and in what it says itself over SQL. Nothing
 * for a good one.
 */
export async function clusterComplaints(expected: Expected): Promise<Complaints> {
  const onHosts = await Promise.all(expected.hosts.map((host) => hostComplaints(host, expected)))
  const inSql = await sqlComplaints(expected).catch((error: unknown) => [
    `SQL: ${error instanceof Error ? error.message : String(error)}`,
  ])
  return [...onHosts.flat(), ...inSql]
}
