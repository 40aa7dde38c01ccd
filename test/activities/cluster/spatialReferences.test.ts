import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { importSpatialReferences } from '../../../src/activities/cluster/importSpatialReferences.ts'
import { asIs } from '../../../src/errors/say.ts'
import { readSpatialReferences, SqlError } from '../../../src/oceanbase/index.ts'
import { clusterOf, fakeNode } from './fakeCluster.ts'

const head =
  'REPLACE INTO oceanbase.__all_spatial_reference_systems(srs_version, srs_id, srs_name, definition, minX, proj4text, description) VALUES'
const rowOf = (id: number, name = `system ${id}`) =>
  `${head} (1, ${id}, '${name}', 'GEOGCS["${name}",AXIS["Lat",NORTH]]', -62.5110, '+proj=tmerc +lat_0=0',NULL);`

// The form of oceanbase tools/default_srs_data_mysql.sql.
const file = `###
### This file includes initial data for tenant sys table __all_spatial_reference_systems
###

START TRANSACTION;

${Array.from({ length: 250 }, (_, at) => rowOf(2000 + at)).join('\n')}
${rowOf(3000, "C\\'te d''Or")}
COMMIT;
`
const packed = () => [gzipSync(file).toString('base64')]

test('the spatial reference systems of the package become few statements, proven by their count', async () => {
  const { node, done, lines } = fakeNode(clusterOf(['10.0.0.1']), { packedSpatial: packed() })
  await importSpatialReferences(node)
  const statements = done(/^REPLACE/)
  expect(statements.map((text) => text.match(/GEOGCS/g)?.length)).toEqual([100, 100, 51])
  expect(statements[2]).toContain("(1, 3000, 'C\\'te d''Or', ")
  expect(lines.at(-1)).toBe('INFO sys has 251 spatial reference systems')
})

test('what is there already is not filled again, and a package without the file needs nothing', async () => {
  const { node, world, done } = fakeNode(clusterOf(['10.0.0.1']), { packedSpatial: packed() })
  await importSpatialReferences(node)
  world.done.length = 0
  world.packedSpatial = packed()
  await importSpatialReferences(node)
  await importSpatialReferences(node)
  expect(done(/^REPLACE/)).toEqual([])
})

test('a refusal is told and stops nothing', async () => {
  const { node, world, lines } = fakeNode(clusterOf(['10.0.0.1']), { packedSpatial: packed() })
  world.before = (statement) => {
    if (/^REPLACE/.test(statement)) throw new SqlError(1142, asIs('denied'), '10.0.0.1')
  }
  await importSpatialReferences(node)
  expect(lines.at(-1)).toBe('WARN sys has no spatial reference systems: denied')
})

test.each([
  ['another statement', `${rowOf(1)}\nDROP TABLE t;`],
  ['more behind its values', rowOf(1).replace(/;$/, '; DROP TABLE t;')],
  ['a function among them', rowOf(1).replace('NULL', 'SLEEP(9)')],
  ['a quote inside a text', rowOf(1, "one' two")],
  ['another table', rowOf(1).replace('__all_spatial_reference_systems', '__all_user')],
])('a file with %s is no file of spatial reference systems', (_, text) => {
  expect(() => readSpatialReferences(text)).toThrow(TypeError)
})
