import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Client, Connection } from '@temporalio/client'
import {
  DefaultLogger,
  makeTelemetryFilterString,
  NativeConnection,
  Runtime,
  Worker,
  type WorkerOptions,
} from '@temporalio/worker'
import { type Postgres, startPostgres } from '../../lab/chaos/postgres.ts'
import { connectTemporal } from '../../src/api/engine/temporal.ts'
import { readConfig } from '../../src/config.ts'
import { startTemporalServer } from '../../src/embedded/temporalServer.ts'
import { createClusterPlan } from '../../src/operations/createCluster.ts'
import { operationsOver } from '../../src/operations/index.ts'
import { prepareHostPlan, prepareHostsPlan } from '../../src/operations/prepareHost.ts'
import type { NodeInput } from '../../src/plan/node.ts'
import { stagesIn } from '../../src/plan/plan.ts'
import { openConfiguredStore } from '../../src/store/index.ts'
import { taskBook } from '../../src/worker/book.ts'
import { bundleWorkflows } from '../../src/worker/bundle.ts'
import { subtaskInterceptor } from '../../src/worker/interceptor.ts'
import { runSpans } from '../../src/worker/runSpans.ts'
import { packageNamed, sampleRpm } from '../../test/store/inventory.ts'

export const logger = new DefaultLogger('ERROR')

export type Stand = Awaited<ReturnType<typeof createStand>>

/**
 * The engine without hosts: Temporal's dev server, a store and a worker, whose nodes all do what
 * `node` does. Leaves nothing when it is closed.
 */
export async function createStand(options: {
  readonly store: 'postgres' | 'pglite'
  readonly node: (input: NodeInput) => Promise<void>
}) {
  await using made = new AsyncDisposableStack()
  const dir = mkdtempSync(join(tmpdir(), 'obflow-bench-'))
  made.defer(() => rmSync(dir, { recursive: true, force: true }))
  chmodSync(dir, 0o711)

  const filter = makeTelemetryFilterString({ core: 'ERROR', other: 'ERROR' })
  Runtime.install({ logger, telemetryOptions: { logging: { filter } } })
  const server = await startTemporalServer({ dbFile: join(dir, 'temporal.db') })
  made.defer(() => server.close())
  let postgres: Postgres | undefined
  if (options.store === 'postgres') {
    postgres = await startPostgres(join(dir, 'postgres'))
    made.defer(() => postgres?.close())
  }
  const store = await openConfiguredStore(
    readConfig({
      OBFLOW_DATA_DIR: join(dir, 'data'),
      ...(postgres && { DATABASE_URL: postgres.url }),
    }),
  )
  made.defer(() => store.close())
  const workflows = connectTemporal({ store, taskQueue: 'obflow', address: server.address })
  made.defer(() => workflows.close())
  const connection = await NativeConnection.connect({ address: server.address })
  made.defer(() => connection.close())
  const client = new Client({ connection: await Connection.connect({ address: server.address }) })
  made.defer(() => client.connection.close())

  const nodes = new Set(
    // Hosts are marked prepared, but an API's sweep may have begun to prepare them before that.
    [createClusterPlan, prepareHostPlan, prepareHostsPlan]
      .flatMap(stagesIn)
      .flatMap(({ activity, undo }): string[] => (undo ? [activity, undo] : [activity])),
  )
  /** What our worker and every other has in common. */
  const common = {
    connection,
    maxConcurrentActivityTaskExecutions: 200,
    maxHeartbeatThrottleInterval: '2s',
    defaultHeartbeatThrottleInterval: '2s',
  } as const satisfies Partial<WorkerOptions>
  const workers = made.use(new AsyncDisposableStack())
  const run = (worker: Worker): void => {
    const running = worker.run()
    workers.defer(async () => {
      worker.shutdown()
      await running
    })
  }
  run(
    await Worker.create({
      ...common,
      taskQueue: 'obflow',
      workflowBundle: await bundleWorkflows(),
      activities: {
        ...Object.fromEntries([...nodes].map((name) => [name, options.node])),
        ...taskBook(store),
      },
      interceptors: { activity: [subtaskInterceptor(store, nodes)] },
      sinks: runSpans(store.tasks.trace),
    }),
  )
  await store.packages.create(packageNamed(sampleRpm))

  const all = made.move()
  const close = (): Promise<void> => all.disposeAsync()
  return {
    address: server.address,
    client,
    keyFile: join(dir, 'data', 'key'),
    common,
    run,
    operations: operationsOver(store),
    postgres,
    store,
    workflows,
    [Symbol.asyncDispose]: close,
  }
}
