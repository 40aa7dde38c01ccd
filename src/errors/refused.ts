import { type Code, textOf, type Words } from './codes.ts'

/** One reason why a request cannot be accepted. */
export interface Finding {
  readonly code: Code
  readonly args?: readonly Words[]
  /** Path in the request, e.g. `zones[0].servers[1]`. */
  readonly field?: string
  /** What was sent there; never a password. */
  readonly rejected?: unknown
  /** After this many seconds the same may be accepted. */
  readonly retryAfter?: number
  /** The answer's status, where it says more than the code does. */
  readonly http?: number
}

/**
 * A request that is not accepted: nothing was changed. The first finding names the answer, the
 * others go along with it.
 */
export class Refused extends Error {
  override readonly name = 'Refused'
  readonly findings: readonly [Finding, ...Finding[]]
  constructor(first: Finding, ...others: Finding[]) {
    super(textOf(first.code, first.args ?? [], 'en'))
    this.findings = [first, ...others]
  }
}

/** Refuses when there is anything to object to. */
export function refuseAny(findings: readonly Finding[]): void {
  const [first, ...others] = findings
  if (first !== undefined) throw new Refused(first, ...others)
}
