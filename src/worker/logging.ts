import { DefaultLogger, makeTelemetryFilterString, Runtime } from '@temporalio/worker'
import type { Logger } from 'pino'

/**
 * Sends what Temporal's SDK logs to obflow's log, and shows its metrics at a loopback port. Once per
 * process, before any worker.
 */
export function installRuntime(logger: Logger, metricsPort?: number): void {
  Runtime.install({
    shutdownSignals: [],
    logger: new DefaultLogger('INFO', ({ level, message, meta }) => {
      const { error, ...fields } = meta ?? {}
      // A failed node is told in its subtask's log and cause; the engine's own notice of it would
      // only be noise.
      const node = fields.activityId !== undefined
      const method = level === 'ERROR' ? 'error' : level === 'WARN' && !node ? 'warn' : 'debug'
      logger[method](
        { ...fields, ...(error instanceof Error && { cause: error.message }) },
        message,
      )
    }),
    telemetryOptions: {
      ...(metricsPort !== undefined && {
        metrics: {
          prometheus: {
            bindAddress: `127.0.0.1:${metricsPort}`,
            countersTotalSuffix: true,
            unitSuffix: true,
            useSecondsForDurations: true,
          },
        },
      }),
      logging: { forward: {}, filter: makeTelemetryFilterString({ core: 'WARN', other: 'ERROR' }) },
    },
  })
}
