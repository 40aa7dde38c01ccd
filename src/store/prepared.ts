import type { Db } from './db.ts'

/** The connection of a transaction, whose statements run inside it meanwhile. */
const connections = new WeakMap<Db, Db>()

/** Tells on which connection a transaction is, so that what was put together for it serves both. */
export const runsOn = (tx: Db, connection: Db): void => void connections.set(tx, connection)

/**
 * A statement that is put together once for each connection, and then only given its values:
 * drizzle takes longer for that than the driver does to send it. One that is executed is sent at
 * once, behind those before it: several for which nobody waits in between cost one round trip.
 */
export function prepared<Statement>(build: (db: Db) => Statement): (db: Db) => Statement {
  const built = new WeakMap<Db, Statement>()
  return (given) => {
    const db = connections.get(given) ?? given
    const known = built.get(db)
    if (known !== undefined) return known
    const statement = build(db)
    built.set(db, statement)
    return statement
  }
}
