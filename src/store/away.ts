/** Codes of a database that cannot be reached, is stopping or has no room for one more. Source: PostgreSQL, appendix A; libuv. */
const codes = /^(ECONN|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|EPIPE|ETIMEDOUT|08|57P0|53300)/
/** What the driver and its pool say of a connection without a code. */
const words =
  /^(Connection terminated|timeout exceeded when trying to connect|timeout expired|Query read timeout|Client (has encountered a connection error|was closed))/

/** Whether an error means that the database is away for now: worth another try. */
export function isAway(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  if ('code' in error && codes.test(String(error.code))) return true
  // drizzle's own error is around the driver's.
  return words.test(error.message) || isAway(error.cause)
}
