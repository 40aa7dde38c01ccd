import { DefiniteError, TransientError } from '../../errors/failure.ts'
import { say } from '../../errors/say.ts'
import { NothingListens, PassingSqlError, SqlError, type SqlTarget } from './sql.ts'

/**
 * Refusals that pass by themselves. OceanBase's numbers: oceanbase
 * src/share/ob_errno.def; MySQL's: server error reference.
 */
const passing: ReadonlySet<number> = new Set([
  1040, // too many connections
  1053, // server shutdown in progress
  4006, // not initialized
  4012, // timeout: what was asked may still be going on
  4023, // try again
  4038, // not master
  4550, // root service is shutting down
  4638, // root service is not the master
  4654, // leader does not exist
  8001, // server is initializing
  8002, // server is stopping
  // What a SELECT is tried again for, but DDL and commands pass on: no location, no leader, schema
  // or tenant not here yet. Source: oceanbase src/observer/mysql/ob_query_retry_ctrl.cpp, init.
  ...[4225, 4242, 4265, 4283, 4346, 4383, 4390, 4653, 4719, 4721, 4722, 4723, 4725, 5150, 5627],
  // Nobody leads at this moment: of a partition, of major freezes, of a log stream.
  ...[4209, 4743, 4767],
])

const accessDenied = 1045

/**
 * The server's number and words, when it was the server that refused; client-side and network
 * errors have no SQL state.
 */
const refusalOf = (
  error: unknown,
): { readonly errno: number; readonly message: string } | undefined => {
  if (!(error instanceof Error) || !('errno' in error) || !('sqlState' in error)) return undefined
  return typeof error.errno === 'number' && error.errno > 0
    ? { errno: error.errno, message: error.message }
    : undefined
}

/**
 * An error of the driver as one of this project's. `what` was being done, without secrets; `clean`
 * takes them out of the answer.
 */
export const sqlFailure = (
  error: unknown,
  what: string,
  { ip, port, username }: SqlTarget,
  clean: (text: string) => string,
): Error => {
  const refusal = refusalOf(error)
  if (!refusal) {
    const why = clean(error instanceof Error ? error.message : String(error))
    const Trouble =
      error instanceof Error && 'code' in error && error.code === 'ECONNREFUSED'
        ? NothingListens
        : TransientError
    return new Trouble(say`${what} on ${ip}:${port} as ${username} failed: ${why}`)
  }
  const { errno } = refusal
  const message = say`${what} on ${ip}:${port} as ${username} was refused: ${clean(refusal.message)} (${errno})`
  if (passing.has(errno)) return new PassingSqlError(errno, message)
  if (errno !== accessDenied) return new SqlError(errno, message, ip)
  return new DefiniteError({
    code: 'OBE12000',
    message,
    advice: say`check the password of the user and the tenant’s whitelist (ob_tcp_invited_nodes)`,
    host: ip,
  })
}
