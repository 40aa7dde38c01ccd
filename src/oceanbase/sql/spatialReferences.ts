import { z } from 'zod'
import { Quoted, sql } from '../../quote.ts'
import { integer } from './rows.ts'
import type { Sql } from './sql.ts'

/**
 * The spatial reference systems that a package brings in etc/default_srs_data_mysql.sql. The
 * package's own import_srs_data.py takes the password in its arguments, and needs Python 2. Source:
 * oceanbase tools/import_srs_data.py, tools/default_srs_data_mysql.sql.
 */
export interface SpatialReferences {
  readonly fill: readonly Quoted[]
  readonly rows: number
}

/** Rows of one statement; the file has 5,159, of 1,300 characters each. */
const rowsAtOnce = 100

const table = 'oceanbase.__all_spatial_reference_systems'
const replace =
  /^REPLACE INTO oceanbase\.__all_spatial_reference_systems ?\(([\w, ]+)\) VALUES (.+);$/
const value = String.raw`(?:NULL|-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?|'(?:[^'\\]|''|\\.)*')`
/** Nothing but numbers, NULL and texts gets into a statement. */
const row = new RegExp(`^\\(${value}(?:, ?${value})*\\)$`)
/** The rest of the file: comments, and a transaction around all of it. */
const idle = /^(#.*|START TRANSACTION;|COMMIT;)?$/i

/** Throws TypeError for a file that is of another form. */
export function readSpatialReferences(text: string): SpatialReferences {
  let columns: string | undefined
  const rows: string[] = []
  for (const line of text.split('\n').map((each) => each.trim())) {
    if (idle.test(line)) continue
    const [, names, values = ''] = replace.exec(line) ?? []
    columns ??= names
    if (names === undefined || names !== columns || !row.test(values))
      throw new TypeError(`a line has an unknown form: ${line.slice(0, 100)}`)
    rows.push(values)
  }
  const head = `REPLACE INTO ${table} (${columns ?? ''}) VALUES`
  return {
    rows: rows.length,
    fill: Array.from({ length: Math.ceil(rows.length / rowsAtOnce) }, (_, at) => {
      const part = rows.slice(at * rowsAtOnce, (at + 1) * rowsAtOnce)
      return new Quoted(`${head} ${part.join(', ')}`, `${head} … (${part.length} rows)`)
    }),
  }
}

const count = z.object({ n: integer }).transform(({ n }) => n)

/** Whether sys has that many beside the one of BOOTSTRAP, whose id is 0. */
export async function haveSpatialReferences(
  session: Sql,
  { rows }: SpatialReferences,
): Promise<boolean> {
  const [present] = await session.rows(
    sql`SELECT COUNT(*) AS n FROM oceanbase.__all_spatial_reference_systems WHERE srs_id > 0`,
    count,
  )
  return (present ?? 0) >= rows
}
