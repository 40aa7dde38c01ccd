/** The command line does not make sense; the message says what is wrong with it. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}
