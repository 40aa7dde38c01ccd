import type { Code } from './codes.ts'
import { asIs, inEnglish, type Said } from './say.ts'

/** One of OCP's codes, or the number of OBD's for what only OBD names. */
export type CauseCode = Code | `OBD-${number}`

/**
 * What an operator is told when something is certain to fail again: a code, a cause in plain words,
 * what to do, and where.
 */
export interface Cause {
  /** E.g. `OBE11014`; see codes.ts. */
  readonly code: CauseCode
  readonly message: Said
  readonly advice?: Said
  /** Address of the host it was found on. */
  readonly host?: string
}

/** What a cause can be said by in any language. */
export type SaidCause = Pick<Cause, 'message' | 'advice'>

/** A cause as it is kept: in English, and as it can be said in another language. */
export interface KeptCause {
  /** One of this release's codes, or of the release that wrote it. */
  readonly code: string
  readonly message: string
  readonly advice?: string
  readonly host?: string
  readonly said?: SaidCause | undefined
}

export const keptCause = ({ code, host, ...said }: Cause): KeptCause => ({
  code,
  message: inEnglish(said.message),
  ...(said.advice && { advice: inEnglish(said.advice) }),
  ...(host !== undefined && { host }),
  said,
})

/**
 * A definite failure: doing the same again ends the same. Never retried; shown unchanged to the
 * operator.
 */
export class DefiniteError extends Error {
  override readonly name = 'DefiniteError'
  readonly reason: Cause
  constructor(cause: Cause, options?: ErrorOptions) {
    super(inEnglish(cause.message), options)
    this.reason = cause
  }
  get kept(): KeptCause {
    return keptCause(this.reason)
  }
}

/**
 * Trouble that may pass by itself (refused, reset, timed out, not up yet): thrown, and retried by
 * Temporal inside the subtask's timeout.
 */
export class TransientError extends Error {
  override readonly name = 'TransientError'
  readonly reason: Said
  constructor(reason: Said, options?: ErrorOptions) {
    super(inEnglish(reason), options)
    this.reason = reason
  }
}

/** What an error says, so that it can be part of another sentence. */
export function saidBy(error: unknown): Said {
  if (error instanceof DefiniteError) return error.reason.message
  if (error instanceof TransientError) return error.reason
  return asIs(error instanceof Error ? error.message : String(error))
}
