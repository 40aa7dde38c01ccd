import { type ExportResult, ExportResultCode } from '@opentelemetry/core'
import type { ReadableSpan, SpanExporter } from '@opentelemetry/sdk-trace'
import type { Logger } from 'pino'
import { wordsOf } from '../errors/startError.ts'

/** Says once that spans get lost, and once that they are taken again. */
export class ToldExporter implements SpanExporter {
  readonly #exporter: SpanExporter
  readonly #log: Pick<Logger, 'info' | 'warn'>
  readonly #url: string
  #lost = false

  constructor(exporter: SpanExporter, url: string, log: Pick<Logger, 'info' | 'warn'>) {
    this.#exporter = exporter
    this.#url = url
    this.#log = log
  }

  export(spans: ReadableSpan[], done: (result: ExportResult) => void): void {
    this.#exporter.export(spans, (result) => {
      const lost = result.code !== ExportResultCode.SUCCESS
      if (lost && !this.#lost)
        this.#log.warn(
          { url: this.#url, why: wordsOf(result.error) },
          'spans are lost: the collector does not take them',
        )
      if (!lost && this.#lost) this.#log.info({ url: this.#url }, 'the collector takes spans again')
      this.#lost = lost
      done(result)
    })
  }

  shutdown = (): Promise<void> => this.#exporter.shutdown()
  forceFlush = async (): Promise<void> => this.#exporter.forceFlush?.()
}
