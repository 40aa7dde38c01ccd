import { pino } from 'pino'
import { consoleAddress } from './api/console/address.ts'
import { connectTemporal } from './api/engine/temporal.ts'
import { startServer } from './api/start.ts'
import { readConfig } from './config.ts'
import { StartError } from './errors/startError.ts'
import { openMetrics } from './metrics/index.ts'
import { program } from './program.ts'
import { openConfiguredStore } from './store/index.ts'
import { startTracing } from './tracing/index.ts'

await program(async () => {
  const config = readConfig(process.env)
  if (config.databaseUrl === undefined)
    throw new StartError(
      'an API of its own needs DATABASE_URL: PGlite serves a single process (`obflow serve`)',
    )
  const log = pino({ name: 'obflow-api' }, process.stderr)
  const tracing = await startTracing(config.tracing, 'obflow-api', log)
  const store = await openConfiguredStore(config)
  const workflows = connectTemporal({
    store,
    taskQueue: config.taskQueue,
    console: consoleAddress(config),
  })
  const server = await startServer({
    config,
    store,
    workflows,
    logger: { level: 'info', stream: process.stderr },
    onAdmin: (notice) => process.stderr.write(`${notice}\n`),
  })
  const metrics = await openMetrics({
    at: config.metrics,
    stock: { store, backlog: workflows.backlog },
  })
  log.info({ url: server.url, metrics: metrics.url }, 'serving')

  let stopping = false
  const stop = async (): Promise<void> => {
    if (stopping) return
    stopping = true
    await metrics.close()
    await server.close()
    await workflows.close()
    await store.close()
    await tracing.close()
  }
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => void stop())
})
