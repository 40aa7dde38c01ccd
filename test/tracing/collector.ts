import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { buffer } from 'node:stream/consumers'
import { createGunzip } from 'node:zlib'
import protobuf from 'protobufjs'
import { z } from 'zod'

/**
 * What is read of OTLP. Source: opentelemetry-proto v1, `trace/v1/trace.proto`,
 * `common/v1/common.proto`, `collector/trace/v1/trace_service.proto`.
 */
const { root } = protobuf.parse(`
  syntax = "proto3";
  message ExportTraceServiceRequest { repeated ResourceSpans resource_spans = 1; }
  message ResourceSpans { Resource resource = 1; repeated ScopeSpans scope_spans = 2; }
  message Resource { repeated KeyValue attributes = 1; }
  message ScopeSpans { repeated Span spans = 2; }
  message Span {
    bytes trace_id = 1; bytes span_id = 2; bytes parent_span_id = 4; string name = 5; uint32 kind = 6;
    fixed64 start_time_unix_nano = 7; fixed64 end_time_unix_nano = 8;
    repeated KeyValue attributes = 9; Status status = 15;
  }
  message Status { string message = 2; uint32 code = 3; }
  message KeyValue { string key = 1; AnyValue value = 2; }
  message AnyValue { oneof value { string string_value = 1; bool bool_value = 2; int64 int_value = 3; double double_value = 4; } }
`)
const request = root.lookupType('ExportTraceServiceRequest')

const value = z
  .object({ stringValue: z.string(), intValue: z.coerce.number(), doubleValue: z.number() })
  .partial()
  .transform(({ stringValue, intValue, doubleValue }) => stringValue ?? intValue ?? doubleValue)
const attributes = z
  .array(z.object({ key: z.string(), value }))
  .default([])
  .transform((pairs) => Object.fromEntries(pairs.map(({ key, value }) => [key, value])))
const hex = z
  .string()
  .default('')
  .transform((base64) => Buffer.from(base64, 'base64').toString('hex'))
const span = z.object({
  traceId: hex,
  spanId: hex,
  parentSpanId: hex,
  name: z.string(),
  kind: z.number().default(0),
  startTimeUnixNano: z.string(),
  endTimeUnixNano: z.string(),
  attributes,
  status: z.object({ code: z.number().default(0), message: z.string().default('') }).prefault({}),
})
const exported = z.object({
  resourceSpans: z.array(
    z.object({
      resource: z.object({ attributes }),
      scopeSpans: z.array(z.object({ spans: z.array(span) })),
    }),
  ),
})

export interface ReceivedSpan extends z.infer<typeof span> {
  /** `service.name` of who made it. */
  readonly service: unknown
}

/** `kind` of a span. Source: `SpanKind` in trace.proto. */
export const kinds = { internal: 1, server: 2, client: 3 } as const

function decode(body: Buffer): ReceivedSpan[] {
  const options = { bytes: String, longs: String }
  const read = exported.parse(request.toObject(request.decode(body), options))
  return read.resourceSpans.flatMap(({ resource, scopeSpans }) =>
    scopeSpans.flatMap(({ spans }) =>
      spans.map((each) => ({ ...each, service: resource.attributes['service.name'] })),
    ),
  )
}

const bodyOf = (call: IncomingMessage): Promise<Buffer> =>
  buffer(call.headers['content-encoding'] === 'gzip' ? call.pipe(createGunzip()) : call)

/** A receiver of OTLP over HTTP, in protobuf, that keeps what it is sent. */
export class Collector implements AsyncDisposable {
  readonly spans: ReceivedSpan[] = []
  readonly headers: IncomingMessage['headers'][] = []
  readonly #server = createServer((call, reply) => void this.#take(call, reply))
  #waiting: (() => void)[] = []

  static async start(): Promise<Collector> {
    const collector = new Collector()
    collector.#server.listen(0, '127.0.0.1')
    await once(collector.#server, 'listening')
    return collector
  }

  /** As OTEL_EXPORTER_OTLP_ENDPOINT has it. */
  get url(): string {
    const address = this.#server.address()
    if (address === null || typeof address === 'string') throw new Error('it does not listen')
    return `http://127.0.0.1:${address.port}`
  }

  async #take(call: IncomingMessage, reply: ServerResponse): Promise<void> {
    const body = await bodyOf(call)
    if (call.url === '/v1/traces') {
      this.headers.push(call.headers)
      this.spans.push(...decode(body))
    } else reply.statusCode = 404
    reply.end()
    for (const wake of this.#waiting.splice(0)) wake()
  }

  /** Waits until a span has come; the test's own timeout ends it. */
  async has(wanted: (span: ReceivedSpan) => boolean): Promise<ReceivedSpan> {
    for (;;) {
      const found = this.spans.find(wanted)
      if (found) return found
      const { promise, resolve } = Promise.withResolvers<void>()
      this.#waiting.push(resolve)
      await promise
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = once(this.#server, 'close')
    this.#server.close()
    this.#server.closeAllConnections()
    await closed
  }
}
