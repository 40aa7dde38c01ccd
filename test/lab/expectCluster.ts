import { createConnection } from 'mysql2/promise'
import { expect } from 'vitest'
import { z } from 'zod'
import type { LabHost } from '../../lab/index.ts'

/** What a cluster has to look like from outside obflow. */
export interface Expected {
  readonly name: string
  readonly password: string
  readonly version: string
  readonly hosts: readonly LabHost[]
  /** As the sys tenant has it. */
  readonly primaryZone: string
}

const isLine4 = (version: string): boolean => version.startsWith('4.')

const directories = (name: string, version: string): string[] => [
  ...(isLine4(version) ? ['sstable', 'slog'] : ['sstable', 'sort_dir', 'etc3']).map((sub) => `/data/1/${name}/${sub}`),
  ...(isLine4(version) ? ['clog'] : ['clog', 'ilog', 'slog', 'oob_clog', 'etc2']).map((sub) => `/data/log1/${name}/${sub}`),
]

async function looksRight(host: LabHost, { name, version }: Expected): Promise<void> {
  const output = async (command: string): Promise<string> => {
    const { stdout } = await host.exec(command)
    return stdout.trim()
  }
  expect(await output("rpm -q oceanbase --queryformat '%{VERSION}'")).toBe(version)
  const made = directories(name, version)
  expect(await output(`stat -c '%U:%G %F' ${made.join(' ')} | sort -u`)).toBe('admin:admin directory')
  const links = made.map((path) => `/home/admin/oceanbase/store/${name}/${path.split('/').at(-1)}`)
  expect((await output(`readlink ${links.join(' ')}`)).split('\n')).toEqual(made)
  const [marker, header] = (await output('head -n 2 /home/admin/oceanbase/etc/io_resource.conf')).split('\n')
  expect(marker).toBe('version 1')
  expect(header).toMatch(/^io_type\s+io_size_byte\s+io_ps\s+io_rt_us/)
  const pid = await output('cat /home/admin/oceanbase/run/observer.pid')
  expect(await output(`ps -o user= -p ${pid}`)).toBe('admin')
  expect(await output(`readlink /proc/${pid}/cwd`)).toBe('/home/admin/oceanbase')
  expect(await output("ps -eo comm= | grep -c '^ob_agentd$' || true")).toBe('1')
}

export async function expectCluster(expected: Expected): Promise<void> {
  for (const host of expected.hosts) await looksRight(host, expected)
  const [first] = expected.hosts
  const login = { host: first?.ip ?? '', port: 2881, user: 'root@sys' }
  await expect(createConnection({ ...login, password: '' })).rejects.toMatchObject({ errno: 1045 })
  const connection = await createConnection({ ...login, password: expected.password })
  try {
    const rows = async <Row>(query: string, row: z.ZodType<Row>): Promise<Row[]> =>
      z.array(row).parse((await connection.query(query))[0])
    const servers = isLine4(expected.version)
      ? 'SELECT svr_ip AS ip, status FROM oceanbase.DBA_OB_SERVERS ORDER BY id'
      : 'SELECT svr_ip AS ip, status FROM oceanbase.__all_server ORDER BY id'
    const server = z.object({ ip: z.string(), status: z.string().transform((status) => status.toUpperCase()) })
    const seen = await rows(servers, server)
    expect(new Set(seen.map(({ ip }) => ip))).toEqual(new Set(expected.hosts.map(({ ip }) => ip)))
    expect(seen.every(({ status }) => status === 'ACTIVE')).toBe(true)
    const users = await rows('SELECT user AS name FROM mysql.user', z.object({ name: z.string() }))
    expect(users.map(({ name }) => name)).toEqual(expect.arrayContaining(['root', 'ocp_monitor', 'proxyro']))
    const tenants = isLine4(expected.version)
      ? "SELECT primary_zone AS zone FROM oceanbase.DBA_OB_TENANTS WHERE tenant_name = 'sys'"
      : "SELECT primary_zone AS zone FROM oceanbase.__all_tenant WHERE tenant_name = 'sys'"
    expect(await rows(tenants, z.object({ zone: z.string() }))).toEqual([{ zone: expected.primaryZone }])
  } finally {
    await connection.end()
  }
}
