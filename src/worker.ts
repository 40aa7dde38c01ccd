import { loadClientConnectConfig } from '@temporalio/envconfig'
import { NativeConnection } from '@temporalio/worker'
import { pino } from 'pino'
import { readConfig } from './config.ts'
import { createHostPool } from './host/index.ts'
import { openConfiguredStore } from './store/index.ts'
import { workflowsFor } from './worker/bundle.ts'
import { createWorker } from './worker/create.ts'
import { installRuntime } from './worker/logging.ts'

/** A worker process: any number of them may serve one Temporal namespace and one PostgreSQL. */
const config = readConfig(process.env)
const log = pino({ name: 'obflow-worker' }, process.stderr)
installRuntime(log)
if (config.databaseUrl === undefined)
  throw new Error('a worker of its own needs DATABASE_URL: PGlite serves a single process (`obflow serve`)')
const bundling = workflowsFor(config)
const store = await openConfiguredStore(config)
const { connectionOptions, namespace = 'default' } = loadClientConnectConfig()
const connection = await NativeConnection.connect(connectionOptions)
const hosts = createHostPool({
  limits: { heavy: config.ioBenches },
  log: (level, message) => log[level === 'INFO' ? 'info' : level === 'WARN' ? 'warn' : 'error'](message),
})
const worker = await createWorker({
  connection,
  namespace,
  taskQueue: config.taskQueue,
  store,
  hosts,
  workflowBundle: await bundling,
})
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => worker.shutdown())
log.info({ taskQueue: config.taskQueue, namespace }, 'working')
try {
  await worker.run()
} finally {
  await hosts.close()
  await connection.close()
  await store.close()
}
