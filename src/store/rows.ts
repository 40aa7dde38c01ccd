/** The row that a query by key must give; its absence is a mistake in this program, not in a request. */
export function theRow<Row>(rows: readonly Row[], what: string): Row {
  const [row] = rows
  if (row === undefined) throw new Error(`${what} is not in the store`)
  return row
}

/** Rows a statement takes at a time: PostgreSQL allows 65,535 parameters. */
const chunkRows = 1000

/** Runs a statement over many rows, a bounded number at a time, in order. */
export async function inChunks<Row>(rows: readonly Row[], run: (chunk: Row[]) => Promise<unknown>): Promise<void> {
  for (let start = 0; start < rows.length; start += chunkRows) await run(rows.slice(start, start + chunkRows))
}
