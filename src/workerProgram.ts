import { loadClientConnectConfig } from '@temporalio/envconfig'
import { NativeConnection } from '@temporalio/worker'
import { pino } from 'pino'
import { readConfig } from './config.ts'
import { StartError, wordsOf } from './errors/startError.ts'
import { freePort } from './freePort.ts'
import { createHostPool } from './host/index.ts'
import { openMetrics } from './metrics/index.ts'
import { program } from './program.ts'
import { openConfiguredStore } from './store/index.ts'
import { startTracing } from './tracing/index.ts'
import { within } from './within.ts'
import { showAlive } from './worker/alive.ts'
import { workflowsFor } from './worker/bundle.ts'
import { createWorker } from './worker/create.ts'
import { installRuntime } from './worker/logging.ts'

/** What a look at PostgreSQL and Temporal may take: less than a health check waits. */
const lookMs = 2500

await program(async () => {
  const config = readConfig(process.env)
  const log = pino({ name: 'obflow-worker' }, process.stderr)
  const sdkPort = config.metrics && (await freePort())
  installRuntime(log, sdkPort)
  if (config.databaseUrl === undefined)
    throw new StartError(
      'a worker of its own needs DATABASE_URL: PGlite serves a single process (`obflow serve`)',
    )
  const bundling = workflowsFor(config)
  const tracing = await startTracing(config.tracing, 'obflow-worker', log)
  const store = await openConfiguredStore(config)
  const { connectionOptions, namespace = 'default' } = loadClientConnectConfig()
  const connection = await NativeConnection.connect(connectionOptions).catch((error: unknown) => {
    const where = connectionOptions.address ?? 'localhost:7233'
    throw new StartError(
      `Temporal (${where}, of TEMPORAL_ADDRESS) cannot be used: ${wordsOf(error)}`,
      { cause: error },
    )
  })
  const hosts = createHostPool({
    limits: {
      heavy: config.ioBenches,
      patienceMs: config.hostPatienceMs,
      handsOn: config.handsOn,
    },
    log: (level, message) =>
      log[level === 'INFO' ? 'info' : level === 'WARN' ? 'warn' : 'error'](message),
  })
  const worker = await createWorker({
    connection,
    namespace,
    taskQueue: config.taskQueue,
    store,
    hosts,
    activities: config.activities,
    workflowBundle: await bundling,
  })
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => worker.shutdown())
  const look = () => Promise.all([store.ping(), connection.workflowService.getSystemInfo({})])
  const metrics = await openMetrics({
    at: config.metrics,
    sdkPort,
    sickness: async () =>
      (await within(lookMs, look()).catch(() => false))
        ? undefined
        : 'PostgreSQL or Temporal does not answer',
  })
  log.info({ taskQueue: config.taskQueue, namespace, metrics: metrics.url }, 'working')
  const stopAlive =
    config.aliveFile === undefined ? undefined : showAlive({ file: config.aliveFile, look })
  try {
    await worker.run()
  } finally {
    await metrics.close()
    await stopAlive?.()
    await hosts.close()
    await connection.close()
    await store.close()
    await tracing.close()
  }
})
