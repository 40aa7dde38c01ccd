import type { Code } from './codes.ts'

/** One of OCP's codes, or the number of OBD's for what only OBD names. */
export type CauseCode = Code | `OBD-${number}`

/**
 * What an operator is told when something is certain to fail again: a code, a cause in plain words,
 * what to do, and where.
 */
export interface Cause {
  /** E.g. `OBE11014`; see codes.ts. */
  readonly code: CauseCode
  readonly message: string
  readonly advice?: string
  /** Address of the host it was found on. */
  readonly host?: string
}

/**
 * A definite failure: doing the same again ends the same. Never retried; shown unchanged to the
 * operator.
 */
export class DefiniteError extends Error {
  override readonly name = 'DefiniteError'
  readonly reason: Cause
  constructor(cause: Cause, options?: ErrorOptions) {
    super(cause.message, options)
    this.reason = cause
  }
}

/**
 * Trouble that may pass by itself (refused, reset, timed out, not up yet): thrown, and retried by
 * Temporal inside the subtask's timeout.
 */
export class TransientError extends Error {
  override readonly name = 'TransientError'
}
