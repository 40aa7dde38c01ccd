import { join } from 'node:path'
import { NativeConnection } from '@temporalio/worker'
import { pino } from 'pino'
import { startServer } from '../api/start.ts'
import { connectTemporal } from '../api/temporal.ts'
import type { Config } from '../config.ts'
import { createHostPool } from '../host/index.ts'
import { workflowId } from '../plan/run.ts'
import { openConfiguredStore, type Store } from '../store/index.ts'
import { workflowsFor } from '../worker/bundle.ts'
import { createWorker, type WorkerOptions } from '../worker/create.ts'
import { installRuntime } from '../worker/logging.ts'
import { holdDataDir } from './dataDir.ts'
import { startTemporalServer } from './temporalServer.ts'

export interface Embedded {
  /** Where the API listens, e.g. `http://127.0.0.1:8080`. */
  readonly url: string
  /** Temporal Web UI, and its page of one create. */
  readonly temporalUi: string
  readonly runUi: (taskId: number) => string
  /** gRPC address of Temporal. */
  readonly temporal: string
  close(): Promise<void>
}

export interface EmbeddedOptions {
  /** Keep Temporal's runs in the data directory; a test may do without. */
  readonly keepRuns?: boolean
  readonly temporalPort?: number
  readonly temporalUiPort?: number
  readonly interceptors?: WorkerOptions['interceptors']
  /** A store that is open already, instead of the configured one; whoever opened it closes it. */
  readonly store?: Store
  /** Level of the log on stderr; default `warn`. */
  readonly logLevel?: string
}

/** API, worker, store (PGlite) and Temporal's dev server with its Web UI in one process, with all their state in the data directory. Throws StartError. */
export async function startEmbedded(config: Config, options: EmbeddedOptions = {}): Promise<Embedded> {
  const { keepRuns = true, temporalPort = 7233, temporalUiPort = 8233, logLevel = 'warn', interceptors = [] } = options
  const closers: (() => Promise<unknown>)[] = []
  const close = async (): Promise<void> => {
    for (const closeOne of closers.splice(0).reverse()) await closeOne()
  }
  const log = pino({ name: 'obflow', level: logLevel }, process.stderr)
  try {
    const release = await holdDataDir(config.dataDir)
    closers.push(async () => release())
    const bundling = workflowsFor(config)
    const starting = startTemporalServer({
      port: temporalPort,
      uiPort: temporalUiPort,
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
    const workflows = connectTemporal({ store, taskQueue: config.taskQueue, address: temporal.address })
    closers.push(() => workflows.close())
    // Not before it is used: one that never was keeps the process.
    installRuntime(log)
    const connection = await NativeConnection.connect({ address: temporal.address })
    closers.push(() => connection.close())
    const hosts = createHostPool({ limits: { heavy: config.ioBenches, patienceMs: config.hostPatienceMs } })
    closers.push(() => hosts.close())
    const worker = await createWorker({
      connection,
      namespace: 'default',
      taskQueue: config.taskQueue,
      store,
      hosts,
      activities: config.activities,
      interceptors,
      workflowBundle: await bundling,
    })
    const running = worker.run()
    closers.push(async () => {
      worker.shutdown()
      await running
    })
    const api = await startServer({
      config,
      store,
      workflows,
      logger: { level: logLevel, stream: process.stderr },
      onPassword: (password) =>
        process.stderr.write(`First start: user admin, password ${password.reveal()} (it is not shown again)\n`),
    })
    closers.push(() => api.close())
    return {
      url: api.url,
      temporal: temporal.address,
      temporalUi: temporal.ui,
      runUi: (taskId) => `${temporal.ui}/namespaces/default/workflows/${workflowId('createCluster', taskId)}`,
      close,
    }
  } catch (error) {
    await close()
    throw error
  }
}
