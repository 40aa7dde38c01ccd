import { z } from 'zod'
import { Quoted, sql } from '../../quote.ts'
import { integer } from './rows.ts'
import type { Sql } from './sql.ts'

/**
 * The time zones that a package brings in etc/timezone_V1.log, as statements on the tables of sys.
 * The package's own import_time_zone_info.py takes the password in its arguments, and needs Python
 * 2. Source: oceanbase tools/import_time_zone_info.py, tools/timezone_V1.log.
 */
export interface TimeZones {
  /** Empties the tables and fills them. */
  readonly fill: readonly Quoted[]
  /** Says that they are filled; last. */
  readonly finish: readonly Quoted[]
  /** Rows that each table is to have. */
  readonly rows: ReadonlyMap<string, number>
}

const tables = [
  'time_zone',
  'time_zone_name',
  'time_zone_transition',
  'time_zone_transition_type',
] as const

/** Rows of one statement: with 117,000 transitions a row a statement would take minutes. */
const rowsAtOnce = 2_000

const replace = /^REPLACE INTO (time_zone\w*) \(([\w, ]+)\) VALUES\s*([^;]*);/gim
/** Nothing but numbers and names gets into a statement. */
const row = /\((?:tid|-?\d+|'[\w/+-]*')(?:, (?:tid|-?\d+|'[\w/+-]*'))*\)/g

const inner = (table: string): string => `oceanbase.__all_tenant_${table}`

/** Throws TypeError for a file that is of another form. */
export function readTimeZones(text: string): TimeZones {
  const found = new Map<string, { columns: string; rows: string[] }>()
  for (const [, table = '', columns = '', values = ''] of text.matchAll(replace)) {
    if (values.replaceAll(row, '').replaceAll(/[\s,]/g, '') !== '')
      throw new TypeError(`rows of ${table} have an unknown form: ${values.slice(0, 100)}`)
    const of = found.get(table) ?? { columns, rows: [] }
    found.set(table, of)
    // 0 is how an inner table names its own tenant.
    for (const [one] of values.matchAll(row)) of.rows.push(one.replace('(tid', '(0'))
  }
  const [, version] = /'current_timezone_version',\s*(\d+)\s*,/.exec(text) ?? []
  const counts = tables.map(
    (table) => [table, Number(new RegExp(`^${table} count:(\\d+)`, 'm').exec(text)?.[1])] as const,
  )
  const odd = counts.find(([table, count]) => found.get(table)?.rows.length !== count)
  if (odd) throw new TypeError(`${odd[0]} should have ${odd[1]} rows, the file has others`)
  if (version === undefined) throw new TypeError('no version is named')
  return {
    fill: tables.flatMap((table) => {
      const { columns, rows } = found.get(table) ?? { columns: '', rows: [] }
      return [
        new Quoted(`DELETE FROM ${inner(table)}`),
        ...Array.from({ length: Math.ceil(rows.length / rowsAtOnce) }, (_, at) => {
          const part = rows.slice(at * rowsAtOnce, (at + 1) * rowsAtOnce)
          const head = `REPLACE INTO ${inner(table)} (${columns}) VALUES`
          return new Quoted(`${head} ${part.join(', ')}`, `${head} … (${part.length} rows)`)
        }),
      ]
    }),
    finish: [
      sql`DELETE FROM oceanbase.__all_sys_stat WHERE name = 'current_timezone_version'`,
      sql`REPLACE INTO oceanbase.__all_sys_stat (tenant_id, zone, data_type, name, value, info) VALUES (0, '', 5, 'current_timezone_version', ${Number(version)}, 'current time zone version')`,
    ],
    rows: new Map(counts),
  }
}

const count = z.object({ n: integer }).transform(({ n }) => n)

/** Whether each table has its rows. */
export async function haveTimeZones(session: Sql, rows: TimeZones['rows']): Promise<boolean> {
  for (const [table, wanted] of rows) {
    const [present] = await session.rows(
      new Quoted(`SELECT COUNT(*) AS n FROM ${inner(table)}`),
      count,
    )
    if (present !== wanted) return false
  }
  return true
}
