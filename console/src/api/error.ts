export interface Problem {
  readonly field?: string
  readonly message: string
}

interface Facts {
  /** HTTP status; 0 when there was no answer. */
  readonly status: number
  readonly code?: string
  readonly message?: string
  readonly problems?: readonly Problem[]
  readonly traceId?: string
}

/** A call that was refused or not answered. */
export class ApiError extends Error {
  readonly facts: Facts
  constructor(facts: Facts, cause?: unknown) {
    super(facts.message ?? `HTTP ${facts.status}`, { cause })
    this.facts = facts
  }
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null

const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' || typeof value === 'number' ? String(value) : undefined

function problemsOf(value: unknown): Problem[] {
  if (!Array.isArray(value)) return []
  return value.filter(isRecord).map((each) => {
    const field = textOf(each.field)
    return { message: textOf(each.message) ?? '', ...(field !== undefined && { field }) }
  })
}

/** What OCP's error envelope says; a proxy in front may answer something else. */
export function errorOf(status: number, body: unknown): ApiError {
  if (!isRecord(body) || !isRecord(body.error)) return new ApiError({ status })
  const { code, message, subErrors } = body.error
  const facts = { code: textOf(code), message: textOf(message), traceId: textOf(body.traceId) }
  const given = Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== undefined))
  return new ApiError({ status, ...given, problems: problemsOf(subErrors) })
}
