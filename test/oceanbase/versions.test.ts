import { expect, test } from 'vitest'
import type { z } from 'zod'
import { asIs } from '../../src/errors/say.ts'
import { isServing, layoutOf, lineOf, type Sql, SqlError } from '../../src/oceanbase/index.ts'
import { terran } from './cluster.ts'

/** A session that answers every query with these rows, as a server would before they are read. */
const answering = (rows: readonly unknown[]): Sql => ({
  rows: async <Row>(_query: unknown, row: z.ZodType<Row>) => rows.map((raw) => row.parse(raw)),
  run: async () => undefined,
  close: async () => undefined,
})

const refusing = (errno: number): Sql => ({
  ...answering([]),
  rows: () => Promise.reject(new SqlError(errno, asIs('no'), '10.0.0.1')),
})

test.each([
  ['2.2.73', '2.2–3.x'],
  ['3.2.4.1', '2.2–3.x'],
  ['4.0.0.0', '4.0–4.1'],
  ['4.1.0.2', '4.0–4.1'],
  ['4.2.1.8', '4.2–4.x'],
  ['4.3.5.0-100000202024123117', '4.2–4.x'],
])('version %s belongs to line %s', (version, name) => {
  expect(lineOf(version).name).toBe(name)
})

test.each(['2.1.9', '1.4.79', '5.0.0', 'seekdb', ''])('version "%s" is refused', (version) => {
  expect(() => lineOf(version)).toThrow('is not supported')
})

test.each([
  ['2.2.73', 'device', true],
  ['4.1.0.0', 'device', false],
  ['4.2.1.8', 'ip', false],
])('%s is told its address by %s; standby clusters: %s', (version, addressFlag, standbyCluster) => {
  expect(lineOf(version)).toMatchObject({ addressFlag, standbyCluster })
})

test('a 2.2 server is read as a 4.x one is', async () => {
  const old = {
    svr_ip: '10.0.0.1',
    svr_port: 2882,
    inner_port: 2881,
    zone: 'zone1',
    status: 'active',
    with_rootserver: 1,
  }
  const before = await lineOf('2.2.73').servers(
    answering([
      { ...old, start_service_time: '1614656374508000', stop_time: 0, build_version: '2.2.73' },
    ]),
  )
  const now = await lineOf('4.2.1.8').servers(
    answering([
      {
        ...{
          svr_ip: '10.0.0.1',
          svr_port: 2882,
          sql_port: 2881,
          zone: 'zone1',
          status: 'ACTIVE',
          with_rootserver: 'YES',
        },
        ...{ start_service_time: '1614656374.508000', stop_time: null, build_version: '2.2.73' },
      },
    ]),
  )
  expect(before).toEqual(now)
  expect(now).toMatchObject([
    { startServiceTime: 1614656374508, stopTime: null, withRootserver: true },
  ])
  expect(now.every(isServing)).toBe(true)
})

test('a server that has not begun to serve, or was stopped, does not serve', () => {
  const server = {
    ip: '10.0.0.1',
    port: 2882,
    sqlPort: 2881,
    zone: 'z',
    status: 'ACTIVE',
    withRootserver: false,
    version: '',
  }
  expect(isServing({ ...server, startServiceTime: null, stopTime: null })).toBe(false)
  expect(isServing({ ...server, startServiceTime: 1, stopTime: 2 })).toBe(false)
})

const zoneFacts = [
  { zone: '', name: 'frozen_version', value: 5, info: '' },
  { zone: 'zone1', name: 'status', value: 2, info: 'ACTIVE' },
  { zone: 'zone1', name: 'region', value: 0, info: 'sys_region' },
  { zone: 'zone1', name: 'idc', value: 0, info: 'hz2' },
  { zone: 'zone1', name: 'last_merged_version', value: 5, info: '' },
  { zone: 'zone1', name: 'merge_status', value: 0, info: 'IDLE' },
  { zone: 'zone2', name: 'status', value: 2, info: 'ACTIVE' },
  { zone: 'zone2', name: 'last_merged_version', value: 4, info: '' },
  { zone: 'zone2', name: 'merge_status', value: 1, info: 'MERGING' },
]

test('zones and compaction of 2.2 are gathered from their facts, the slowest zone counts', async () => {
  const line = lineOf('2.2.73')
  expect(await line.zones(answering(zoneFacts))).toEqual([
    { name: 'zone1', status: 'ACTIVE', region: 'sys_region', idc: 'hz2' },
    { name: 'zone2', status: 'ACTIVE', region: '', idc: '' },
  ])
  expect(await line.freeze(answering(zoneFacts))).toEqual({ frozen: 5n, merged: 4n, idle: false })
})

test('an SCN of 4.x keeps all its digits', async () => {
  const row = {
    frozen_scn: '1700000000123456789',
    last_scn: '1700000000123456788',
    status: 'COMPACTING',
  }
  expect(await lineOf('4.2.1.8').freeze(answering([row]))).toEqual({
    frozen: 1700000000123456789n,
    merged: 1700000000123456788n,
    idle: false,
  })
})

test('META tenants of 4.x are not shown', async () => {
  const row = {
    tenant_id: 1,
    tenant_name: 'sys',
    tenant_type: 'SYS',
    compatibility_mode: 'MYSQL',
    primary_zone: 'RANDOM',
    locality: '',
    status: 'NORMAL',
  }
  const tenants = await lineOf('4.2.1.8').tenants(
    answering([row, { ...row, tenant_id: 1001, tenant_name: 'META$1002', tenant_type: 'META' }]),
  )
  expect(tenants).toEqual([
    { id: 1, name: 'sys', mode: 'MYSQL', primaryZone: 'RANDOM', locality: '', status: 'NORMAL' },
  ])
})

test('an observer without a core table is not bootstrapped; one that cannot answer is no answer', async () => {
  const { bootstrapped } = lineOf('4.2.1.8')
  expect(await bootstrapped(answering([{ column_value: '1700000000000000' }]))).toBe(true)
  expect(await bootstrapped(answering([{ column_value: '0' }]))).toBe(false)
  expect(await bootstrapped(answering([]))).toBe(false)
  expect(await bootstrapped(refusing(1146))).toBe(false)
  await expect(bootstrapped(refusing(4016))).rejects.toThrow('no')
})

test.each([
  ['2.2.73', ['etc3', 'sort_dir', 'sstable'], ['clog', 'ilog', 'slog', 'oob_clog', 'etc2']],
  ['4.2.1.8', ['etc3', 'sort_dir', 'sstable', 'slog'], ['clog', 'etc2']],
])('%s links its directories into the store', (version, data, redo) => {
  const layout = layoutOf(terran({ version }))
  expect(layout.links.map(({ path, target }) => `${path} -> ${target}`)).toEqual([
    ...data.map((name) => `/home/admin/oceanbase/store/terran/${name} -> /data/1/terran/${name}`),
    ...redo.map(
      (name) => `/home/admin/oceanbase/store/terran/${name} -> /data/log1/terran/${name}`,
    ),
  ])
  expect(layout.configCopies).toEqual(['/data/1/terran/etc3', '/data/log1/terran/etc2'])
})
