import type { Logger } from 'pino'
import type { TracingSettings } from './settings.ts'

export { samplers, type TracingSettings } from './settings.ts'

export interface Tracing {
  /** Sends what is left, in bounded time. */
  close(): Promise<void>
}

/** Begins to make spans of what this process does, if that is wished: else nothing is loaded. */
export async function startTracing(
  settings: TracingSettings | undefined,
  service: string,
  log: Pick<Logger, 'info' | 'warn'>,
): Promise<Tracing> {
  if (settings === undefined) return { close: async () => undefined }
  const { openTracing } = await import('./sdk.ts')
  return openTracing(settings, service, log)
}
