import { z } from 'zod'
import { sql } from '../../quote.ts'
import { bigInteger } from '../sql/rows.ts'
import { type Sql, SqlError } from '../sql/sql.ts'

/**
 * No such database, no such table (MySQL's number and OceanBase's own): what an observer without a
 * cluster says of its core table.
 */
const absent = new Set([1049, 1146, 5019])

/**
 * Whether BOOTSTRAP has been done: the baseline schema is its last mark. Source: obdeploy
 * plugins/oceanbase/3.1.0/bootstrap.py.
 */
export const baselineSchema = async (session: Sql): Promise<boolean> => {
  try {
    const rows = await session.rows(
      sql`SELECT column_value FROM oceanbase.__all_core_table WHERE table_name = '__all_global_stat' AND column_name = 'baseline_schema_version'`,
      z.object({ column_value: bigInteger }),
    )
    return rows.some((row) => row.column_value > 0n)
  } catch (error) {
    if (error instanceof SqlError && absent.has(error.errno)) return false
    throw error
  }
}
