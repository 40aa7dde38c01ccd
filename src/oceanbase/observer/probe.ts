import { z } from 'zod'
import { TransientError } from '../../errors/failure.ts'
import { sql } from '../../quote.ts'
import { bigInteger } from '../sql/rows.ts'
import { type Sql, SqlError } from '../sql/sql.ts'

/** No such database, no such table: MySQL's numbers and OceanBase's own. */
const absent = new Set([1049, 1146, 5019])

/**
 * A server that knows the core schema alone says this of every other table. It is starting, or in
 * no cluster: nothing tells which. Source: oceanbase
 * src/share/schema/ob_multi_version_schema_service.cpp.
 */
export const isAbsentTable = (error: unknown): boolean =>
  error instanceof SqlError && absent.has(error.errno)

/** A server of a cluster that has not refreshed its schema since its start. */
export class StillStarting extends TransientError {}

/**
 * Proof that BOOTSTRAP has been done: the baseline schema is its last mark. False proves nothing.
 * Source: obdeploy plugins/oceanbase/3.1.0/bootstrap.py.
 */
export const baselineSchema = async (session: Sql): Promise<boolean> => {
  try {
    const rows = await session.rows(
      sql`SELECT column_value FROM oceanbase.__all_core_table WHERE table_name = '__all_global_stat' AND column_name = 'baseline_schema_version'`,
      z.object({ column_value: bigInteger }),
    )
    return rows.some((row) => row.column_value > 0n)
  } catch (error) {
    if (isAbsentTable(error)) return false
    throw error
  }
}
