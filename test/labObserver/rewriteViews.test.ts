import { describe, expect, it } from 'vitest'
import { normalised, rewriteViews } from '../../lab/observer/rewrite.ts'

const table = (name: string) =>
  ({ DBA_OB_ZONES: '(Z)', GV$OB_SERVERS: '(S)', __ALL_ZONE: '(A)' })[name]
const rewritten = (sql: string) => rewriteViews(sql, table).sql

describe('a view named in a statement', () => {
  it.each([
    ['SELECT * FROM oceanbase.DBA_OB_ZONES', 'SELECT * FROM (Z) AS `DBA_OB_ZONES`'],
    ['select * from dba_ob_zones where zone=1', 'select * from (Z) AS `dba_ob_zones` where zone=1'],
    ['SELECT * FROM `oceanbase`.`GV$OB_SERVERS`', 'SELECT * FROM (S) AS `GV$OB_SERVERS`'],
    ['SELECT * FROM gv$ob_servers', 'SELECT * FROM (S) AS `gv$ob_servers`'],
    ['SELECT z.zone FROM oceanbase . DBA_OB_ZONES z', 'SELECT z.zone FROM (Z) z'],
    [
      'SELECT * FROM DBA_OB_ZONES AS z JOIN GV$OB_SERVERS ON 1',
      'SELECT * FROM (Z) AS z JOIN (S) AS `GV$OB_SERVERS` ON 1',
    ],
    [
      'SELECT oceanbase.DBA_OB_ZONES.ZONE FROM oceanbase.DBA_OB_ZONES',
      'SELECT DBA_OB_ZONES.ZONE FROM (Z) AS `DBA_OB_ZONES`',
    ],
    [
      'SELECT (SELECT count(*) FROM __all_zone)',
      'SELECT (SELECT count(*) FROM (A) AS `__all_zone`)',
    ],
  ])('becomes a derived table: %s', (sql, expected) => {
    expect(rewritten(sql)).toBe(expected)
  })

  it.each([
    "SELECT 'DBA_OB_ZONES'",
    `SELECT "it''s DBA_OB_ZONES"`,
    String.raw`SELECT 'a\'b DBA_OB_ZONES'`,
    'SELECT 1 /* FROM DBA_OB_ZONES */',
    'SELECT 1 -- DBA_OB_ZONES',
    'SELECT * FROM test.DBA_OB_ZONES',
    'SELECT * FROM DBA_OB_ZONES_2',
    'SELECT 1 AS DBA_OB_ZONES',
  ])('stays what it is: %s', (sql) => {
    expect(rewriteViews(sql, table)).toEqual({ sql, changed: false })
  })
})

describe('a statement that is matched against the table of statements', () => {
  it('has lost its comments, outer blanks and semicolon, and nothing inside its strings', () => {
    expect(normalised("  /* hint */ ALTER SYSTEM -- now\n SET a = '-- b /* c */'; ")).toBe(
      "ALTER SYSTEM   SET a = '-- b /* c */'",
    )
  })
})
