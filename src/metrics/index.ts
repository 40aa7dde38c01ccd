import { collectDefaultMetrics, Gauge, Registry } from 'prom-client'
import packageFile from '../../package.json' with { type: 'json' }
import type { MetricsDoor } from '../config.ts'
import { openDoor } from './door.ts'
import { countStock, type StockSources } from './stock.ts'
import { countWork } from './work.ts'

export type { Backlog } from './stock.ts'

export interface MetricsOptions {
  /** Undefined: nothing is counted. */
  readonly at: MetricsDoor | undefined
  /** Of a process that has the API. */
  readonly stock?: StockSources
  /** Loopback port at which Temporal's SDK shows its own metrics, of a process that has a worker. */
  readonly sdkPort?: number | undefined
  /** Resolves to why the process is not well; undefined when it is. */
  readonly sickness?: () => Promise<string | undefined>
}

export interface Metrics {
  readonly url: string | undefined
  close(): Promise<void>
}

const sdkTimeoutMs = 2000

/** What Temporal's SDK counts; nothing when it does not answer. */
async function sdkMetrics(port: number): Promise<string> {
  try {
    const signal = AbortSignal.timeout(sdkTimeoutMs)
    return await (await fetch(`http://127.0.0.1:${port}/metrics`, { signal })).text()
  } catch {
    return ''
  }
}

/** Counts what this process does, and shows it and its health at a door of its own. */
export async function openMetrics({
  at,
  stock,
  sdkPort,
  sickness = async () => undefined,
}: MetricsOptions): Promise<Metrics> {
  if (at === undefined) return { url: undefined, close: async () => undefined }
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  new Gauge({
    name: 'obflow_build_info',
    help: 'Which obflow this is; always 1.',
    labelNames: ['version', 'node'],
    registers: [registry],
  }).set({ version: packageFile.version, node: process.version }, 1)
  const stopCounting = countWork(registry)
  const look = stock && countStock(registry, stock)
  const read = async (): Promise<string> => {
    const [sdk] = await Promise.all([sdkPort === undefined ? '' : sdkMetrics(sdkPort), look?.()])
    return `${await registry.metrics()}${sdk}`
  }
  try {
    const door = await openDoor({ at, contentType: registry.contentType, read, sickness })
    return {
      url: door.url,
      async close() {
        stopCounting()
        registry.clear()
        await door.close()
      },
    }
  } catch (error) {
    stopCounting()
    throw error
  }
}
