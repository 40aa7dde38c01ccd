import type { LogLine } from '../host/host.ts'
import type { Sql, SqlTarget } from './sql.ts'

export interface SqlOptions {
  readonly signal: AbortSignal
  readonly log: LogLine
  /** Milliseconds one statement may take; 1 minute unless told. */
  readonly timeoutMs?: number
}

/**
 * Logs in. Refused, reset, silent or still initializing servers throw TransientError, a refused password DefiniteError OBE12000,
 * a refused statement SqlError.
 */
export const connectSql = async (_target: SqlTarget, _options: SqlOptions): Promise<Sql> => {
  throw new Error('being written')
}
