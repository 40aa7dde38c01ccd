/** Values of OTEL_TRACES_SAMPLER that are known here. */
export const samplers = [
  'always_on',
  'always_off',
  'traceidratio',
  'parentbased_always_on',
  'parentbased_always_off',
  'parentbased_traceidratio',
] as const

export interface TracingSettings {
  /** Where spans are sent, OTLP over HTTP. */
  readonly url: string
  readonly sampler: (typeof samplers)[number]
  /** The part of traces that is kept, 0 to 1. */
  readonly ratio: number
}
