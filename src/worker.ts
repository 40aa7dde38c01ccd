import { loadClientConnectConfig } from '@temporalio/envconfig'
import { NativeConnection } from '@temporalio/worker'
import { pino } from 'pino'
import { readConfig } from './config.ts'
import { StartError, wordsOf } from './errors/startError.ts'
import { createHostPool } from './host/index.ts'
import { program } from './program.ts'
import { openConfiguredStore } from './store/index.ts'
import { showAlive } from './worker/alive.ts'
import { workflowsFor } from './worker/bundle.ts'
import { createWorker } from './worker/create.ts'
import { installRuntime } from './worker/logging.ts'

/** A worker process: any number of them may serve one Temporal namespace and one PostgreSQL. */
await program(async () => {
  const config = readConfig(process.env)
  const log = pino({ name: 'obflow-worker' }, process.stderr)
  installRuntime(log)
  if (config.databaseUrl === undefined)
    throw new StartError(
      'a worker of its own needs DATABASE_URL: PGlite serves a single process (`obflow serve`)',
    )
  const bundling = workflowsFor(config)
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
    limits: { heavy: config.ioBenches, patienceMs: config.hostPatienceMs },
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
  log.info({ taskQueue: config.taskQueue, namespace }, 'working')
  const look = () => Promise.all([store.ping(), connection.workflowService.getSystemInfo({})])
  const stopAlive =
    config.aliveFile === undefined ? undefined : showAlive({ file: config.aliveFile, look })
  try {
    await worker.run()
  } finally {
    await stopAlive?.()
    await hosts.close()
    await connection.close()
    await store.close()
  }
})
