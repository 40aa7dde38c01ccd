import {
  type Attributes,
  type Context,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  TraceFlags,
  type Tracer as Tracers,
  trace,
} from '@opentelemetry/api'
import type { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import { W3CTraceContextPropagator } from '@opentelemetry/core'
import {
  ATTR_CLIENT_ADDRESS,
  ATTR_DB_OPERATION_NAME,
  ATTR_DB_QUERY_TEXT,
  ATTR_DB_SYSTEM_NAME,
  ATTR_ERROR_TYPE,
  ATTR_HTTP_REQUEST_METHOD,
  ATTR_HTTP_RESPONSE_STATUS_CODE,
  ATTR_HTTP_ROUTE,
  ATTR_SERVER_ADDRESS,
  ATTR_SERVER_PORT,
  ATTR_URL_PATH,
  ATTR_URL_SCHEME,
} from '@opentelemetry/semantic-conventions'
import { type RemoteCall, signals } from '../signals.ts'
import type { Failure, OpenSpan, TracedRun, Tracer } from '../traces.ts'
import { type ChosenIds, idsOfRun } from './ids.ts'

export interface Tracing {
  readonly tracer: Tracers
  readonly contexts: AsyncLocalStorageContextManager
  readonly ids: ChosenIds
}

/** A statement or a command's title is shown so far. */
const maxText = 500
/** The default port of SSH is not known here: an address names the host alone. */
const addressed = /^(.*):(\d+)$/

const w3c = new W3CTraceContextPropagator()
const reading = {
  keys: (carrier: Readonly<Record<string, unknown>>) => Object.keys(carrier),
  get: (carrier: Readonly<Record<string, unknown>>, key: string) => {
    const value = carrier[key]
    return typeof value === 'string' ? value : undefined
  },
}
const contextOf = (headers: Readonly<Record<string, unknown>>): Context =>
  w3c.extract(ROOT_CONTEXT, headers, reading)

function failed(span: Span, failure: Failure): void {
  span.setAttribute(ATTR_ERROR_TYPE, failure.type)
  span.setStatus({ code: SpanStatusCode.ERROR, message: failure.message })
}

/**
 * Names without `obflow.` are those of @temporalio/interceptors-opentelemetry,
 * `src/instrumentation.ts`.
 */
const ofRun = ({ workflowId, runId, taskId }: TracedRun): Attributes => ({
  temporalWorkflowId: workflowId,
  run_id: runId,
  'obflow.task.id': taskId,
})

/** Spans of calls, runs and attempts. Names: OpenTelemetry's semantic conventions 1.45. */
export function tracerOf({ tracer, contexts, ids }: Tracing): Tracer {
  const open = <End>(span: Span, parent: Context, end: (how: End) => void): OpenSpan<End> => ({
    inside: (work) => contexts.with(trace.setSpan(parent, span), work),
    end: (how) => {
      end(how)
      span.end()
    },
  })
  /** The context in which a run's span stands, and the ids of that span. */
  const placeOf = (run: TracedRun) => {
    const parent = contextOf({ traceparent: run.trace ?? undefined })
    return { parent, own: idsOfRun(run, trace.getSpanContext(parent)?.traceId) }
  }

  return {
    current() {
      const carrier: Record<string, string> = {}
      w3c.inject(contexts.active(), carrier, {
        set: (to: Record<string, string>, key, value) => {
          to[key] = value
        },
      })
      return carrier.traceparent
    },
    call({ method, route, path, scheme, client, server, traceId, headers }) {
      const parent = contextOf(headers)
      // Name and attributes: docs/http/http-spans.md, "HTTP server span".
      const attributes = {
        [ATTR_HTTP_REQUEST_METHOD]: method,
        [ATTR_HTTP_ROUTE]: route,
        [ATTR_URL_PATH]: path,
        [ATTR_URL_SCHEME]: scheme,
        [ATTR_CLIENT_ADDRESS]: client,
        [ATTR_SERVER_ADDRESS]: server.address,
        [ATTR_SERVER_PORT]: server.port,
        'obflow.trace_id': traceId,
      }
      const kind = SpanKind.SERVER
      const span = tracer.startSpan(`${method} ${route}`, { kind, attributes }, parent)
      return open(span, parent, ({ status, taskId }) => {
        span.setAttribute(ATTR_HTTP_RESPONSE_STATUS_CODE, status)
        if (taskId !== undefined) span.setAttribute('obflow.task.id', taskId)
        // What a caller got wrong is no error of the server's.
        if (status >= 500) failed(span, { type: String(status), message: '' })
      })
    },
    attempt(attempt) {
      const { parent, own } = placeOf(attempt)
      const traceFlags = trace.getSpanContext(parent)?.traceFlags ?? TraceFlags.SAMPLED
      const run = trace.setSpanContext(parent, { ...own, traceFlags, isRemote: true })
      const attributes = {
        ...ofRun(attempt),
        temporalActivityId: attempt.activityId,
        'obflow.subtask.id': attempt.subtaskId,
        'obflow.attempt': attempt.attempt,
      }
      const span = tracer.startSpan(`RunActivity:${attempt.activity}`, { attributes }, run)
      return open(span, run, (failure) => failure && failed(span, failure))
    },
    runEnded(run, { from, to, failed: badly }) {
      const { parent, own } = placeOf(run)
      const attributes = ofRun(run)
      const span = ids.with(own, () =>
        tracer.startSpan(`RunWorkflow:${run.workflow}`, { startTime: from, attributes }, parent),
      )
      if (badly) failed(span, { type: 'FAILED', message: '' })
      span.end(to)
    },
  }
}

/** In ms since 1970, whatever the clock has done since. */
const epoch = (at: number): number => Date.now() - (performance.now() - at)

const clip = (text: string): string => (text.length > maxText ? `${text.slice(0, maxText)}…` : text)

const placed = (address: string): Attributes => {
  const [, host = address, port] = addressed.exec(address) ?? []
  return {
    [ATTR_SERVER_ADDRESS]: host,
    ...(port !== undefined && { [ATTR_SERVER_PORT]: Number(port) }),
  }
}

/**
 * There are no conventions for SSH. Titles are what logs show: words of ours, and no command's
 * text.
 */
const ofCommand = ({ title }: RemoteCall): { name: string; attributes: Attributes } => ({
  name: `ssh ${clip(title)}`,
  attributes: {},
})

/**
 * docs/db/database-spans.md; OceanBase has no name among its systems. Statements are as logs show
 * them: secrets are left out.
 */
function ofStatement({ title, address }: RemoteCall): { name: string; attributes: Attributes } {
  const operation = /^\w+/.exec(title)?.[0] ?? 'statement'
  return {
    name: `${operation} ${address}`,
    attributes: {
      [ATTR_DB_SYSTEM_NAME]: 'oceanbase',
      [ATTR_DB_OPERATION_NAME]: operation,
      ...(title !== operation && { [ATTR_DB_QUERY_TEXT]: clip(title) }),
    },
  }
}

/** Spans of commands on hosts and of statements, below what asked for them. */
export function traceHosts({ tracer, contexts }: Tracing): () => void {
  const spanOf = (of: typeof ofCommand) => (call: RemoteCall) => {
    const parent = contexts.active()
    if (trace.getSpan(parent) === undefined) return
    const { name, attributes } = of(call)
    const options = {
      kind: SpanKind.CLIENT,
      startTime: epoch(call.askedAt),
      attributes: { ...placed(call.address), ...attributes },
    }
    const span = tracer.startSpan(name, options, parent)
    if (call.outcome !== 'ok') failed(span, { type: call.outcome, message: '' })
    span.end(epoch(call.endedAt))
  }
  const ends = [signals.ssh.listen(spanOf(ofCommand)), signals.sql.listen(spanOf(ofStatement))]
  return () => {
    for (const end of ends) end()
  }
}
