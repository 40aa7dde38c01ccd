/**
 * A reason why a program cannot start, in words for the operator; they are shown without a
 * stack.
 */
export class StartError extends Error {
  override readonly name = 'StartError'
}

/** An error's own words and those of what caused it. */
export function wordsOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  // Whoever tried several addresses in vain says nothing of its own.
  const own =
    error instanceof AggregateError && error.message === ''
      ? error.errors.map(wordsOf).join(', ')
      : error.message
  return error.cause === undefined ? own : `${own}: ${wordsOf(error.cause)}`
}
