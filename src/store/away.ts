import { wordsOf } from '../errors/startError.ts'

/**
 * Codes of a database that cannot be reached, is stopping or has no room for one more. Source:
 * PostgreSQL, appendix A; libuv.
 */
const codes = /^(ECONN|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|EPIPE|ETIMEDOUT|08|57P0|53300)/
/** What the driver and its pool say of a connection without a code. */
const words =
  /^(Connection terminated|timeout exceeded when trying to connect|timeout expired|Query read timeout|Client (has encountered a connection error|was closed))/

/**
 * What the driver said, without the statement it said it of, when an error means that the database
 * is away for now.
 */
export function awayReason(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined
  if (('code' in error && codes.test(String(error.code))) || words.test(error.message))
    return wordsOf(error)
  // drizzle's own error is around the driver's.
  return awayReason(error.cause)
}

/** Codes of a machine or a database without room. Source: PostgreSQL, appendix A; libuv. */
const noRoom = /^(53100|ENOSPC|EDQUOT)$/

/** Whether an error means that a disk is full: the API's own, or the database's. */
export function isFull(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  const coded = 'code' in error && noRoom.test(String(error.code))
  return coded || /no space left on device/i.test(error.message) || isFull(error.cause)
}

/**
 * What two calls at once can come to: one makes what the other has just made, or refers to what the
 * other has just removed.
 */
const races: ReadonlySet<string> = new Set(['23505', '23503', '40001', '40P01'])

/** Whether an error means that another call came first. Source: PostgreSQL, appendix A. */
export function isRace(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  return ('code' in error && races.has(String(error.code))) || isRace(error.cause)
}

/** Whether an error means that the database is away for now: worth another try. */
export const isAway = (error: unknown): boolean => awayReason(error) !== undefined
