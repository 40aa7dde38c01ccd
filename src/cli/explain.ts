import { StartError } from '../errors/startError.ts'
import { ApiError, UnreachableError } from './client.ts'
import { UsageError } from './usageError.ts'

export interface Explanation {
  readonly text: string
  readonly wrongUsage: boolean
}

/** parseArgs' errors carry codes of this form. */
const isParseArgs = (error: unknown): error is Error =>
  error instanceof Error && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS_')

/**
 * What the command's caller is told. Errors that nobody expected are passed on with their
 * stack.
 */
export function explain(error: unknown): Explanation {
  if (error instanceof UsageError) return { text: error.message, wrongUsage: true }
  // Node's own hint after the first sentence is about Node.
  if (isParseArgs(error)) return { text: `${error.message.split('. ')[0]}.`, wrongUsage: true }
  if (error instanceof UnreachableError)
    return {
      text: `${error.message} Is obflow running there? OBFLOW_URL says where to look.`,
      wrongUsage: false,
    }
  if (error instanceof ApiError && error.status === 401)
    return {
      text: 'The API refuses this user or password: set OBFLOW_USER and OBFLOW_PASSWORD.',
      wrongUsage: false,
    }
  if (error instanceof ApiError && error.code === '')
    return {
      text: `${error.message} Is that address obflow's? OBFLOW_URL says where to look.`,
      wrongUsage: false,
    }
  if (error instanceof ApiError)
    return { text: `The API says: ${error.message} (${error.code})`, wrongUsage: false }
  if (error instanceof StartError) return { text: error.message, wrongUsage: false }
  return {
    text: error instanceof Error ? (error.stack ?? error.message) : String(error),
    wrongUsage: false,
  }
}
