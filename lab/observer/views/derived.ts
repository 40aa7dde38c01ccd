import type { Micros } from '../cluster.ts'

/** A cell of an emulated view. `{ at }` becomes a TIMESTAMP-like value, null when 0. */
export type Cell = string | number | bigint | null | { at: Micros }
export type Row = Record<string, Cell>
export type View = { columns: readonly string[]; rows: Row[] }

const text = (value: string) => `'${value.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`

function literal(cell: Cell | undefined): string {
  if (cell === null || cell === undefined) return 'NULL'
  if (typeof cell === 'string') return text(cell)
  if (typeof cell === 'number' || typeof cell === 'bigint') return String(cell)
  if (cell.at === 0) return 'NULL'
  // Eight hours east, as the kernel's default time zone.
  const local = new Date(cell.at / 1000 + 8 * 3_600_000)
    .toISOString()
    .slice(0, 23)
    .replace('T', ' ')
  return `CAST('${local}' AS DATETIME(6))`
}

/**
 * The view's present rows as a derived table, so that WHERE, ORDER BY and joins on it are the
 * kernel's.
 */
export function derivedTable({ columns, rows }: View): string {
  const select = (row: Row) =>
    columns.map((name) => `${literal(row[name])} AS \`${name}\``).join(', ')
  if (rows.length === 0) return `(SELECT ${select({})} FROM DUAL WHERE 1 = 0)`
  return `(${rows.map((row) => `SELECT ${select(row)}`).join(' UNION ALL ')})`
}

export const viewOf = (columns: string, rows: Row[]): View => ({
  columns: columns.split(' '),
  rows,
})
