import { join } from 'node:path'
import { pino } from 'pino'
import { consoleAddress } from '../api/console/address.ts'
import { connectTemporal } from '../api/engine/temporal.ts'
import { type RunningServer, startServer } from '../api/start.ts'
import type { Config } from '../config.ts'
import { freePort } from '../freePort.ts'
import { createHostPool } from '../host/index.ts'
import { openMetrics } from '../metrics/index.ts'
import { openConfiguredStore, type Store } from '../store/index.ts'
import { startTracing } from '../tracing/index.ts'
import { within } from '../within.ts'
import { workflowsFor } from '../worker/bundle.ts'
import type { WorkerOptions } from '../worker/create.ts'
import { installRuntime } from '../worker/logging.ts'
import { holdDataDir } from './dataDir.ts'
import { keepWorker } from './keptWorker.ts'
import { watchStore } from './storeWatch.ts'
import { startTemporalServer } from './temporalServer.ts'

export interface Embedded {
  /** Where the API listens, e.g. `http://127.0.0.1:8080`. */
  readonly url: string
  /** Where metrics are read; undefined: nowhere. */
  readonly metrics: string | undefined
  /** Temporal Web UI, and its page of one task. */
  readonly temporalUi: string
  readonly runUi: (taskId: number) => Promise<string>
  /** gRPC address of Temporal. */
  readonly temporal: string
  /**
   * Process id of Temporal's surroundings, and whether other users of this machine are kept out.
   */
  readonly temporalPid: () => number
  readonly isolated: boolean
  /** Resolves with the reason when the store inside this process is broken for good. */
  readonly broken: Promise<string>
  /** Ends in bounded time, whatever hangs: work under way is handed over first. */
  close(): Promise<void>
}

export interface EmbeddedOptions {
  /** Keep Temporal's runs in the data directory; a test may do without. */
  readonly keepRuns?: boolean
  readonly temporalPort?: number
  readonly temporalUiPort?: number
  readonly interceptors?: WorkerOptions['interceptors']
  /** A store that is open already, instead of the configured one; its opener closes it. */
  readonly store?: Store
  /** Level of the log on stderr; default `warn`. */
  readonly logLevel?: string
}

/** What each part is given to close; nodes that are handed over take longest. */
const closeMs = 20_000
/** What calls under way are given to end. */
const callsMs = 10_000
/**
 * Temporal may be this long away before the process counts as sick; it is started again all the
 * time.
 */
const sickMs = 60_000

/**
 * API, worker, store (PGlite) and Temporal's dev server with its Web UI in one process, with all
 * their state in the data directory. Throws StartError.
 */
export async function startEmbedded(
  config: Config,
  options: EmbeddedOptions = {},
): Promise<Embedded> {
  const {
    keepRuns = true,
    temporalPort = 7233,
    temporalUiPort = 8233,
    logLevel = 'warn',
    interceptors = [],
  } = options
  const log = pino({ name: 'obflow', level: logLevel }, process.stderr)
  const closers: (() => Promise<unknown>)[] = []
  const close = async (): Promise<void> => {
    for (const closeOne of closers.splice(0).reverse())
      await within(closeMs, closeOne()).catch((error: unknown) =>
        log.warn({ err: error }, 'something did not close'),
      )
  }
  try {
    const release = await holdDataDir(config.dataDir)
    closers.push(async () => release())
    const bundling = workflowsFor(config)
    const tracing = await startTracing(config.tracing, 'obflow', log)
    closers.push(() => tracing.close())
    const starting = startTemporalServer({
      port: temporalPort,
      uiPort: temporalUiPort,
      onEnd: (why) => log.error({ why }, 'Temporal ended; it is started again'),
      ...(keepRuns && { dbFile: join(config.dataDir, 'temporal.db') }),
    })
    closers.push(() =>
      starting.then(
        (server) => server.close(),
        () => undefined,
      ),
    )
    // Only the awaits below may report that they did not succeed.
    for (const begun of [starting, bundling]) begun.catch(() => undefined)
    const store = options.store ?? (await openConfiguredStore(config))
    if (!options.store) closers.push(() => store.close())
    const temporal = await starting
    const workflows = connectTemporal({
      store,
      taskQueue: config.taskQueue,
      address: temporal.address,
      console: consoleAddress(config),
    })
    closers.push(() => workflows.close())
    // Not before it is used: one that never was keeps the process.
    const sdkPort = config.metrics && (await freePort())
    installRuntime(log, sdkPort)
    const hosts = createHostPool({
      limits: {
        heavy: config.ioBenches,
        patienceMs: config.hostPatienceMs,
        handsOn: config.handsOn,
      },
    })
    closers.push(() => hosts.close())
    const worker = await keepWorker({
      address: temporal.address,
      onEnd: (why) => log.error({ why }, 'the worker ended; it is started again'),
      worker: {
        namespace: 'default',
        taskQueue: config.taskQueue,
        store,
        hosts,
        activities: config.activities,
        interceptors,
        workflowBundle: await bundling,
      },
    })
    let api: RunningServer | undefined
    // Both at once: a caller that never ends its request must not keep nodes from being handed
    // over.
    closers.push(() => Promise.all([api && within(callsMs, api.close()), worker.close()]))
    const watch = watchStore(store, (why) => log.error({ why }, 'the store does not answer'))
    closers.push(async () => watch.stop())
    const sick = () => watch.sick() ?? sickness(temporal.downSince)
    const metrics = await openMetrics({
      at: config.metrics,
      stock: { store, backlog: workflows.backlog },
      sdkPort,
      sickness: async () => sick(),
    })
    closers.push(() => metrics.close())
    api = await startServer({
      config: { ...config, temporalUi: config.temporalUi ?? `${temporal.ui}/namespaces/default` },
      store,
      workflows,
      logger: { level: logLevel, stream: process.stderr },
      sick,
      onAdmin: (notice) => process.stderr.write(`${notice}\n`),
    })
    return {
      url: api.url,
      metrics: metrics.url,
      temporal: temporal.address,
      temporalUi: temporal.ui,
      temporalPid: () => temporal.pid,
      isolated: temporal.isolated,
      broken: watch.broken,
      runUi: async (taskId) => {
        const task = await store.tasks.get(taskId)
        return `${temporal.ui}/namespaces/default/workflows/${task?.workflowId ?? ''}`
      },
      close,
    }
  } catch (error) {
    await close()
    throw error
  }
}

function sickness(downSince: Date | undefined): string | undefined {
  if (downSince === undefined || Date.now() - downSince.getTime() < sickMs) return undefined
  return `Temporal has been down since ${downSince.toISOString()}; it is started again`
}

export { holdDataDir } from './dataDir.ts'
