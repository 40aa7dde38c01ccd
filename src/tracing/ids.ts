import { createHash } from 'node:crypto'
import type { SpanContext } from '@opentelemetry/api'
import { type IdGenerator, RandomIdGenerator } from '@opentelemetry/sdk-trace'
import type { TracedRun } from '../traces.ts'

/** Length in hex digits. Source: W3C Trace Context, §3.2.2. */
const traceIdDigits = 32
const spanIdDigits = 16

const digest = (text: string): string => createHash('sha256').update(text).digest('hex')

export type Ids = Pick<SpanContext, 'traceId' | 'spanId'>

/**
 * The ids of a run's span. They follow from the run, so that every worker knows the parent of what
 * it does, and nothing has to come by way of Temporal. A task that was not traced gets a trace of
 * its own.
 */
export function idsOfRun({ runId, workflowId }: TracedRun, traceId: string | undefined): Ids {
  const trace = traceId ?? digest(`trace of ${workflowId}`).slice(0, traceIdDigits)
  return { traceId: trace, spanId: digest(`${trace} ${runId}`).slice(0, spanIdDigits) }
}

/** Ids by chance, but for a span whose ids are known before. */
export class ChosenIds implements IdGenerator {
  readonly #random = new RandomIdGenerator()
  #chosen: Ids | undefined

  generateTraceId = (): string => this.#chosen?.traceId ?? this.#random.generateTraceId()
  generateSpanId = (): string => this.#chosen?.spanId ?? this.#random.generateSpanId()

  /** Spans that are started meanwhile get these ids. */
  with<T>(ids: Ids, start: () => T): T {
    this.#chosen = ids
    try {
      return start()
    } finally {
      this.#chosen = undefined
    }
  }
}
