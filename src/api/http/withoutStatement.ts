/** What a log may hold of an error. */
interface Loggable {
  readonly type: string
  readonly message: string
  readonly stack?: string
  readonly code?: string
}

const isStatement = (error: Error): boolean =>
  'query' in error && 'params' in error && error.cause instanceof Error

/**
 * An error for the log: of one about a statement, what the database said, and neither the statement
 * nor its parameters, which may be hashes of passwords.
 */
export function withoutStatement(error: unknown): Loggable {
  if (!(error instanceof Error)) return { type: typeof error, message: String(error) }
  if (isStatement(error)) return withoutStatement(error.cause)
  return {
    type: error.name,
    message: error.message,
    ...(error.stack !== undefined && { stack: error.stack }),
    ...('code' in error && { code: String(error.code) }),
  }
}
