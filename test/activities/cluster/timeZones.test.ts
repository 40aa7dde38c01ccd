import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { importTimeZones } from '../../../src/activities/cluster/importTimeZones.ts'
import { asIs } from '../../../src/errors/say.ts'
import { readTimeZones, SqlError } from '../../../src/oceanbase/index.ts'
import { clusterOf, fakeNode } from './fakeCluster.ts'

// The form of oceanbase tools/timezone_V1.log.
const file = `set autocommit = 1;
TRUNCATE TABLE time_zone;
TRUNCATE TABLE time_zone_name;
REPLACE INTO time_zone (tenant_id, time_zone_id, use_leap_seconds) VALUES (tid, 1, 'N');
REPLACE INTO time_zone_name (tenant_id, name, time_zone_id) VALUES (tid, 'Africa/Abidjan', 1);
REPLACE INTO time_zone_transition (tenant_id, time_zone_id, transition_time, transition_type_id) VALUES
 (tid, 1, -1830383032, 1)
,(tid, 1, 1830383032, 0)
;
REPLACE INTO time_zone_transition_type (tenant_id, time_zone_id, transition_type_id, offset, is_dst, abbreviation) VALUES
 (tid, 1, 0, -968, 0, 'LMT')
,(tid, 1, 1, 0, 0, '-03')
;
REPLACE INTO time_zone (tenant_id, time_zone_id, use_leap_seconds) VALUES (tid, 2, 'Y');
delete from oceanbase.__all_sys_stat where name = 'current_timezone_version';
replace into oceanbase.__all_sys_stat(tenant_id, zone, data_type, name, value, info) values(0, '' ,5, 'current_timezone_version', 1, 'current time zone version');
time_zone count:2
time_zone_name count:1
time_zone_transition count:2
time_zone_transition_type count:2`

const packed = () => [gzipSync(file).toString('base64')]
const tables = (text: string) => /__all_tenant_\w+|__all_sys_stat/.exec(text)?.[0]

test('the time zones of the package become few statements on the tables of sys, proven by their counts', async () => {
  const { node, done, lines } = fakeNode(clusterOf(['10.0.0.1']), { packedTimeZones: packed() })
  await importTimeZones(node)
  expect(done(/^REPLACE/).map((text) => text.replace('oceanbase.', ''))).toEqual([
    "REPLACE INTO __all_tenant_time_zone (tenant_id, time_zone_id, use_leap_seconds) VALUES (0, 1, 'N'), (0, 2, 'Y')",
    "REPLACE INTO __all_tenant_time_zone_name (tenant_id, name, time_zone_id) VALUES (0, 'Africa/Abidjan', 1)",
    expect.stringContaining('VALUES (0, 1, -1830383032, 1), (0, 1, 1830383032, 0)'),
    expect.stringContaining('__all_tenant_time_zone_transition_type'),
    expect.stringContaining('__all_sys_stat'),
  ])
  expect(tables(done(/^(DELETE|REPLACE)/).at(-1) ?? '')).toBe('__all_sys_stat')
  expect(lines.at(-1)).toBe('INFO sys has 1 named time zones')
})

test('what is there already is not filled again, and a package without the file needs nothing', async () => {
  const { node, world, done } = fakeNode(clusterOf(['10.0.0.1']), { packedTimeZones: packed() })
  await importTimeZones(node)
  world.done.length = 0
  world.packedTimeZones = packed()
  await importTimeZones(node)
  await importTimeZones(node)
  expect(done(/^(DELETE|REPLACE)/)).toEqual([])
})

test('a refusal is told and stops nothing', async () => {
  const { node, world, lines } = fakeNode(clusterOf(['10.0.0.1']), { packedTimeZones: packed() })
  world.before = (statement) => {
    if (/^DELETE/.test(statement)) throw new SqlError(1142, asIs('denied'), '10.0.0.1')
  }
  await importTimeZones(node)
  expect(lines.at(-1)).toBe('WARN sys has no named time zones: denied')
})

test.each([
  ['more than rows in its VALUES', file.replace("'LMT')", "'LMT') ON DUPLICATE KEY UPDATE x = 1")],
  ['a quote inside a name', file.replace('Africa/Abidjan', "Africa'/Abidjan")],
  ['fewer rows than it counts', file.replace('time_zone_name count:1', 'time_zone_name count:2')],
  ['no version', file.replaceAll('current_timezone_version', 'other')],
])('a file with %s is no file of time zones', (_, text) => {
  expect(() => readTimeZones(text)).toThrow(TypeError)
})
