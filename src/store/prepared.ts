import type { Db } from './db.ts'

/**
 * A statement that is put together once for each database, and then only given its values: drizzle
 * takes longer for that than the driver does to send it. A transaction is a database of its own.
 */
export function prepared<Statement>(build: (db: Db) => Statement): (db: Db) => Statement {
  const built = new WeakMap<Db, Statement>()
  return (db) => {
    const known = built.get(db)
    if (known !== undefined) return known
    const statement = build(db)
    built.set(db, statement)
    return statement
  }
}
