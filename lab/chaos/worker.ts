import { NativeConnection } from '@temporalio/worker'
import { pino } from 'pino'
import { readConfig } from '../../src/config.ts'
import { createHostPool } from '../../src/host/index.ts'
import { openConfiguredStore } from '../../src/store/index.ts'
import { workflowsFor } from '../../src/worker/bundle.ts'
import { createWorker } from '../../src/worker/create.ts'
import { installRuntime } from '../../src/worker/logging.ts'
import { stopAtInstants } from './hook.ts'

/** src/worker.ts, with nodes that stop where the driver wants them. */
const config = readConfig(process.env)
installRuntime(pino({ level: 'error' }, process.stderr))
const bundling = workflowsFor(config)
const store = await openConfiguredStore(config)
const connection = await NativeConnection.connect({ address: process.env.TEMPORAL_ADDRESS ?? '' })
const { taskQueue, activities } = config
const worker = await createWorker({
  connection,
  namespace: 'default',
  taskQueue,
  store,
  hosts: createHostPool(),
  activities,
  interceptors: [stopAtInstants],
  workflowBundle: await bundling,
})
process.once('disconnect', () => process.exit(1))
await worker.run()
