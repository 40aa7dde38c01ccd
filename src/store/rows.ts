import { sql } from 'drizzle-orm'
import type { PgTable } from 'drizzle-orm/pg-core'
import type { Db } from './db.ts'

/**
 * The row that a query by key must give; its absence is a mistake in this program, not in a
 * request.
 */
export function theRow<Row>(rows: readonly Row[], what: string): Row {
  const [row] = rows
  if (row === undefined) throw new Error(`${what} is not in the store`)
  return row
}

/** Rows a statement takes at a time: PostgreSQL allows 65,535 parameters. */
const chunkRows = 1000

/** Runs a statement over many rows, a bounded number at a time, in order. */
export async function inChunks<Row>(
  rows: readonly Row[],
  run: (chunk: Row[]) => Promise<unknown>,
): Promise<void> {
  for (let start = 0; start < rows.length; start += chunkRows)
    await run(rows.slice(start, start + chunkRows))
}

/** The name that a column has in the database; see `casing` in db.ts. */
const inDatabase = (name: string): string =>
  name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)

/**
 * Inserts rows of a table; all name the columns that the first one names. A chunk is one parameter:
 * accepting 1,554 hosts took 0.45 s of processor time so, over 2 s with one for each value.
 */
export async function insertRows<Table extends PgTable>(
  tx: Db,
  table: Table,
  rows: readonly Table['$inferInsert'][],
): Promise<void> {
  const names = new Map(Object.keys(rows[0] ?? {}).map((name) => [name, inDatabase(name)]))
  const columns = sql.join(
    [...names.values()].map((name) => sql.identifier(name)),
    sql`, `,
  )
  await inChunks(rows, (chunk) => {
    const named = chunk.map((row) =>
      Object.fromEntries(
        Object.entries(row).map(([name, value]) => [names.get(name) ?? name, value]),
      ),
    )
    return tx.execute(sql`insert into ${table} (${columns})
      select ${columns} from jsonb_populate_recordset(null::${table}, ${JSON.stringify(named)}::jsonb)`)
  })
}
