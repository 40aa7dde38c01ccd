/** No list is begun when so many rows are waiting to be written together. */
const maxRows = 500

interface Waiting<Row> {
  readonly rows: readonly Row[]
  readonly done: () => void
  readonly lost: (error: unknown) => void
}

/**
 * Writes lists of rows; those that come while a statement is under way are written together by the
 * next, in the order they came, so that a thousand callers at once cost a few statements. Lists
 * that fail together are written one by one, for a bad one is nobody else's failure; unless the
 * failure is `shared`, as when the store is away.
 */
export function gathered<Row>(
  write: (rows: readonly Row[]) => Promise<unknown>,
  shared: (error: unknown) => boolean,
): (rows: readonly Row[]) => Promise<void> {
  const waiting: Waiting<Row>[] = []
  let writing = false

  const next = (): Waiting<Row>[] => {
    let rows = 0
    const count = waiting.findIndex((each) => {
      rows += each.rows.length
      return rows > maxRows
    })
    return waiting.splice(0, count === -1 ? waiting.length : Math.max(1, count))
  }
  const writeOne = async ({ rows, done, lost }: Waiting<Row>): Promise<void> => {
    await write(rows).then(done, lost)
  }
  const writeAll = async (): Promise<void> => {
    writing = true
    while (waiting.length > 0) {
      const together = next()
      const [first, ...others] = together
      if (first && others.length === 0) {
        await writeOne(first)
        continue
      }
      try {
        await write(together.flatMap(({ rows }) => rows))
        for (const { done } of together) done()
      } catch (error) {
        for (const each of together)
          if (shared(error)) each.lost(error)
          else await writeOne(each)
      }
    }
    writing = false
  }
  return (rows) =>
    new Promise((done, lost) => {
      waiting.push({ rows, done, lost })
      if (!writing) void writeAll()
    })
}
