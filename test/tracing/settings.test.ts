import { expect, it } from 'vitest'
import { readConfig } from '../../src/config.ts'

const at = (url: string) => ({ url, sampler: 'parentbased_always_on', ratio: 1 })
const collector = 'http://10.0.0.9:4318'

it('traces are off until a collector is named', () => {
  expect(readConfig({}).tracing).toBeUndefined()
  expect(readConfig({ OTEL_EXPORTER_OTLP_ENDPOINT: '' }).tracing).toBeUndefined()
})

it.each([
  [{ OTEL_EXPORTER_OTLP_ENDPOINT: `${collector}/` }, at(`${collector}/v1/traces`)],
  [{ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: `${collector}/own` }, at(`${collector}/own`)],
  [{ OTEL_TRACES_EXPORTER: 'otlp' }, at('http://localhost:4318/v1/traces')],
  [{ OTEL_EXPORTER_OTLP_ENDPOINT: collector, OTEL_TRACES_EXPORTER: 'none' }, undefined],
  [{ OTEL_EXPORTER_OTLP_ENDPOINT: collector, OTEL_SDK_DISABLED: 'TRUE' }, undefined],
  [
    {
      OTEL_EXPORTER_OTLP_ENDPOINT: collector,
      OTEL_TRACES_SAMPLER: 'traceidratio',
      OTEL_TRACES_SAMPLER_ARG: '0.1',
    },
    { url: `${collector}/v1/traces`, sampler: 'traceidratio', ratio: 0.1 },
  ],
] as const)('%o is read as OpenTelemetry has it', (env, wanted) => {
  expect(readConfig(env).tracing).toEqual(wanted)
})

it.each([
  [{ OTEL_EXPORTER_OTLP_ENDPOINT: '10.0.0.9:4318' }, 'must begin with http://'],
  [{ OTEL_TRACES_SAMPLER: 'jaeger_remote' }, 'OTEL_TRACES_SAMPLER: must be one of'],
  [{ OTEL_TRACES_SAMPLER_ARG: '2' }, 'from 0 to 1'],
  [
    { OTEL_TRACES_EXPORTER: 'otlp', OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' },
    'obflow speaks http/protobuf alone',
  ],
])('%o is refused with what to write', (env, words) => {
  expect(() => readConfig(env)).toThrow(words)
})

it('what other programs are told of OpenTelemetry is no mistake', () => {
  const env = { OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc', OTEL_METRICS_EXPORTER: 'prometheus' }
  expect(readConfig(env).tracing).toBeUndefined()
})
