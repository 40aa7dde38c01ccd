import { wordsOf } from '../errors/startError.ts'

/** Codes of a database that cannot be reached, is stopping or has no room for one more. Source: PostgreSQL, appendix A; libuv. */
const codes = /^(ECONN|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|EPIPE|ETIMEDOUT|08|57P0|53300)/
/** What the driver and its pool say of a connection without a code. */
const words =
  /^(Connection terminated|timeout exceeded when trying to connect|timeout expired|Query read timeout|Client (has encountered a connection error|was closed))/

/** What the driver said, without the statement it said it of, when an error means that the database is away for now. */
export function awayReason(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined
  if (('code' in error && codes.test(String(error.code))) || words.test(error.message)) return wordsOf(error)
  // drizzle's own error is around the driver's.
  return awayReason(error.cause)
}

/** Whether an error means that the database is away for now: worth another try. */
export const isAway = (error: unknown): boolean => awayReason(error) !== undefined
