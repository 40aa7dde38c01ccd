/** A span that is open. */
export interface OpenSpan<End> {
  /** What is begun in here becomes part of it. */
  inside<T>(work: () => T): T
  end(how: End): void
}

/** A call of the API that has come in. */
export interface TracedCall {
  readonly method: string
  /** The path as it is declared, e.g. `/api/v2/ob/clusters/:id`. */
  readonly route: string
  readonly path: string
  readonly scheme: string
  readonly client: string
  readonly server: { readonly address: string; readonly port: number | undefined }
  /** Names the call in answers and logs. */
  readonly traceId: string
  readonly headers: Readonly<Record<string, unknown>>
}

export interface CallEnd {
  readonly status: number
  /** The task that the call made or was about. */
  readonly taskId: number | undefined
}

/** A run of a task's workflow, and the task. */
export interface TracedRun {
  readonly workflow: string
  readonly workflowId: string
  readonly runId: string
  readonly taskId: number
  /** `traceparent` of the call that made the task; null when it was not traced. */
  readonly trace: string | null
}

/** An attempt at a subtask that has begun. */
export interface TracedAttempt extends TracedRun {
  readonly activity: string
  readonly activityId: string
  readonly subtaskId: number
  readonly attempt: number
}

export interface Failure {
  /** A code, or what kind of end it was. */
  readonly type: string
  /** As the log has it: without secrets. */
  readonly message: string
}

/** What spans are made of. */
export interface Tracer {
  /** `traceparent` of what goes on here (W3C Trace Context). */
  current(): string | undefined
  call(call: TracedCall): OpenSpan<CallEnd>
  attempt(attempt: TracedAttempt): OpenSpan<Failure | undefined>
  /** A run that ended, with its times in ms since 1970. */
  runEnded(
    run: TracedRun,
    end: { readonly from: number; readonly to: number; readonly failed: boolean },
  ): void
}

let tracer: Tracer | undefined

/** A process has one tracer, or none while traces are off: then nothing of the SDK is loaded. */
export const traces = {
  tracer: (): Tracer | undefined => tracer,
  /** Returns what switches it off again. */
  use(next: Tracer): () => void {
    tracer = next
    return () => {
      if (tracer === next) tracer = undefined
    }
  },
}
