import { sql } from 'drizzle-orm'
import type { Db } from './db.ts'
import { theRow } from './rows.ts'
import * as schema from './schema/index.ts'

/** First number of each kind. */
const first = { cluster: 1, task: 1000, subtask: 10_000, user: 201 } as const

/**
 * Takes `count` consecutive numbers and gives the first. The row stays locked to the end of the
 * transaction, so takers of a kind go one after the other and a refused request gives its numbers
 * back. Take kinds in the order of `first`, or two transactions may wait for each other.
 */
export async function take(tx: Db, kind: keyof typeof first, count = 1): Promise<number> {
  const { counters } = schema
  const rows = await tx
    .insert(counters)
    .values({ name: kind, next: first[kind] + count })
    .onConflictDoUpdate({ target: counters.name, set: { next: sql`${counters.next} + ${count}` } })
    .returning({ next: counters.next })
  return theRow(rows, `counter ${kind}`).next - count
}
