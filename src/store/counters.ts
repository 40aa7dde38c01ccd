import { sql } from 'drizzle-orm'
import type { Db } from './db.ts'
import { theRow } from './rows.ts'
import * as schema from './schema/index.ts'

/** First number of each kind. */
const first = { cluster: 1, task: 1000, subtask: 10_000, user: 201 } as const

type Kind = keyof typeof first
type Counted = readonly [kind: Kind, count: number]

/**
 * Takes consecutive numbers, so many of each kind, and tells the first of a kind. The rows stay
 * locked to the end of the transaction, so takers of a kind go one after the other and a refused
 * request gives its numbers back. All others wait meanwhile, so take them late. Name kinds in the
 * order of `first`, or two transactions may wait for each other.
 */
export async function takeAll(
  tx: Db,
  wanted: readonly [Counted, ...Counted[]],
): Promise<(kind: Kind) => number> {
  const { counters } = schema
  const wantedOf = (kind: Kind): number => new Map(wanted).get(kind) ?? 0
  const firsts = wanted.map(([kind]) => sql`when ${kind} then ${first[kind]}::integer`)
  const more = sql`excluded.next - case ${counters.name} ${sql.join(firsts, sql` `)} end`
  const rows = await tx
    .insert(counters)
    .values(wanted.map(([kind, count]) => ({ name: kind, next: first[kind] + count })))
    .onConflictDoUpdate({ target: counters.name, set: { next: sql`${counters.next} + ${more}` } })
    .returning()
  return (kind) =>
    theRow(
      rows.filter(({ name }) => name === kind),
      `counter ${kind}`,
    ).next - wantedOf(kind)
}

/** Takes one number, or consecutive ones, and gives the first; see `takeAll`. */
export const take = async (tx: Db, kind: Kind, count = 1): Promise<number> =>
  (await takeAll(tx, [[kind, count]]))(kind)
