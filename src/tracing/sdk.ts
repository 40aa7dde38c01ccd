import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto'
import {
  defaultResource,
  detectResources,
  envDetector,
  resourceFromAttributes,
} from '@opentelemetry/resources'
import { BatchSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace'
import { ATTR_SERVICE_NAME, ATTR_SERVICE_VERSION } from '@opentelemetry/semantic-conventions'
import type { Logger } from 'pino'
import packageFile from '../../package.json' with { type: 'json' }
import { traces } from '../traces.ts'
import { within } from '../within.ts'
import { ToldExporter } from './exporter.ts'
import { ChosenIds } from './ids.ts'
import type { Tracing } from './index.ts'
import { samplerOf } from './sampler.ts'
import type { TracingSettings } from './settings.ts'
import { traceHosts, tracerOf } from './spans.ts'

/** What a collector that is away may hold up a stop. */
const closeMs = 3000
/** Spans that wait to be sent; more are dropped. A wide create ends thousands between two batches. */
const maxWaiting = 20_000

/**
 * Sends spans by OTLP. Headers, certificates and compression the exporter reads itself, from
 * OTEL_EXPORTER_OTLP_*.
 */
export function openTracing(
  settings: TracingSettings,
  service: string,
  log: Pick<Logger, 'info' | 'warn'>,
): Tracing {
  const { url } = settings
  const own = { [ATTR_SERVICE_NAME]: service, [ATTR_SERVICE_VERSION]: packageFile.version }
  const ids = new ChosenIds()
  const provider = new TracerProvider({
    // What the environment says goes first: OTEL_SERVICE_NAME, OTEL_RESOURCE_ATTRIBUTES.
    resource: defaultResource()
      .merge(resourceFromAttributes(own))
      .merge(detectResources({ detectors: [envDetector] })),
    sampler: samplerOf(settings),
    idGenerator: ids,
    spanProcessors: [
      new BatchSpanProcessor({
        maxQueueSize: maxWaiting,
        exporter: new ToldExporter(new OTLPTraceExporter({ url }), url, log),
      }),
    ],
  })
  // No globals of the API: another start in this process has its own.
  const contexts = new AsyncLocalStorageContextManager().enable()
  const tracing = { tracer: provider.getTracer('obflow', packageFile.version), contexts, ids }
  const switchOff = traces.use(tracerOf(tracing))
  const stopHosts = traceHosts(tracing)
  return {
    async close() {
      switchOff()
      stopHosts()
      await within(closeMs, provider.shutdown()).catch(() => undefined)
      contexts.disable()
    },
  }
}
