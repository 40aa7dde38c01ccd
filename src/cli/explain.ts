import { CommanderError } from 'commander'
import { StartError } from '../errors/startError.ts'
import { FileError } from '../topology/index.ts'
import { ApiError, UnreachableError } from './client.ts'
import type { Outcome } from './exitCodes.ts'
import { Interrupted } from './prompt.ts'
import { UsageError } from './usageError.ts'

export interface Explanation {
  readonly text: string
  readonly outcome: Outcome
}

/** A message with a full stop, and after it where the reader finds help. */
const hinted = (message: string): string =>
  `${message}${/[.?!]$/.test(message) ? '' : '.'} "obflow help" tells more.`

/** commander's words, in one line and as a sentence. */
function ofCommander({ message }: CommanderError): string {
  const [said = '', ...more] = message.replace(/^error: /, '').split('\n')
  const sentence = `${said.charAt(0).toUpperCase()}${said.slice(1)}`
  const meant = /Did you mean (.*)\?/.exec(more.join(' '))?.[1]
  const plain = sentence.replace(/\.$/, '')
  return meant === undefined ? `${plain}.` : `${plain}; did you mean "${meant}"?`
}

/**
 * What the command's caller is told. Errors that nobody expected are passed on with their
 * stack.
 */
export function explain(error: unknown): Explanation {
  const failed = (text: string): Explanation => ({ text, outcome: 'failed' })
  if (error instanceof CommanderError) return { text: hinted(ofCommander(error)), outcome: 'usage' }
  if (error instanceof UsageError) return { text: hinted(error.message), outcome: 'usage' }
  if (error instanceof FileError) return { text: error.message, outcome: 'usage' }
  if (error instanceof Interrupted) return { text: '', outcome: 'interrupted' }
  if (error instanceof UnreachableError)
    return failed(
      `${error.message} Is obflow running there? "obflow login" or OBFLOW_URL say where to look.`,
    )
  if (error instanceof ApiError && error.status === 401)
    return failed(
      'The API refuses this user or password: "obflow login", or set OBFLOW_USER and OBFLOW_PASSWORD.',
    )
  if (error instanceof ApiError && error.code === '')
    return failed(
      `${error.message} Is that address obflow's? "obflow login" or OBFLOW_URL say where to look.`,
    )
  if (error instanceof ApiError) {
    const where = error.guide === undefined ? '' : `\n${error.guide}`
    return failed(`The API says: ${error.message} (${error.code})${where}`)
  }
  if (error instanceof StartError) return failed(error.message)
  return failed(error instanceof Error ? (error.stack ?? error.message) : String(error))
}
