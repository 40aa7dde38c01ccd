import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { Connection } from '@temporalio/client'
import { z } from 'zod'
import { startPostgres } from '../lab/chaos/postgres.ts'
import { startService, untilReached } from '../lab/chaos/service.ts'
import { claimPort } from '../lab/ports/claim.ts'
import { createClient } from '../src/cli/client.ts'
import { startTemporalServer } from '../src/embedded/temporalServer.ts'
import { bench } from './kit/bench.ts'
import { median, rounded } from './kit/figure.ts'

// From the start of an API and a worker, both at once, until the API answers and the worker asks
// Temporal for work; workflows bundled beforehand and Node's compile cache filled, as in the image.

const goal = { atMost: 2 } as const
/** temporal.api.enums.v1.TaskQueueType */
const workflowQueue = 1
const pollMs = 5

await bench(async (bench) => {
  const dir = mkdtempSync(join(tmpdir(), 'obflow-start-'))
  bench.defer(() => rmSync(dir, { recursive: true, force: true }))
  chmodSync(dir, 0o711)
  // As in the image: services are started with this process's own.
  process.env.NODE_COMPILE_CACHE = join(dir, 'compiled')
  const bundle = join(dir, 'workflows.js')
  const program = fileURLToPath(new URL('../src/worker/bundleProcess.ts', import.meta.url))
  writeFileSync(bundle, execFileSync(process.execPath, [program], { maxBuffer: 2 ** 26 }))
  const postgres = await startPostgres(join(dir, 'postgres'))
  bench.defer(() => postgres.close())
  const temporal = await startTemporalServer({ dbFile: join(dir, 'temporal.db') })
  bench.defer(() => temporal.close())
  const connection = await Connection.connect({ address: temporal.address })
  bench.defer(() => connection.close())
  const dataDir = join(dir, 'data')
  mkdirSync(dataDir)

  async function polls(taskQueue: string): Promise<void> {
    for (;;) {
      const { pollers } = await connection.workflowService.describeTaskQueue({
        namespace: 'default',
        taskQueue: { name: taskQueue },
        taskQueueType: workflowQueue,
      })
      if (pollers && pollers.length > 0) return
      await sleep(pollMs, undefined, { signal: bench.signal })
    }
  }

  async function start(round: number): Promise<number> {
    const [password, port, queue] = [
      randomBytes(12).toString('base64url'),
      await claimPort(),
      `start-${round}`,
    ]
    const env = {
      OBFLOW_DATA_DIR: dataDir,
      OBFLOW_LISTEN: `127.0.0.1:${port}`,
      ...(round === 0 && { OBFLOW_ADMIN_PASSWORD: password }),
      OBFLOW_TASK_QUEUE: queue,
      OBFLOW_WORKFLOW_BUNDLE: bundle,
      DATABASE_URL: postgres.url,
      TEMPORAL_ADDRESS: temporal.address,
    }
    const began = performance.now()
    const services = ['src/server.ts', 'src/worker.ts'].map((program) =>
      startService({ program, env, log: join(dir, `${basename(program, '.ts')}.log`) }),
    )
    try {
      // Who calls without a login is answered as well: 401 is an answer.
      const http = createClient({ url: `http://127.0.0.1:${port}`, user: 'admin', password })
      const answered = untilReached(
        () => http.get('/api/v2/meta', z.unknown()).catch(unlessUnreachable),
        services,
        bench.signal,
      )
      await Promise.all([answered, polls(queue)])
      return (performance.now() - began) / 1000
    } finally {
      await Promise.all(services.map((service) => service.close()))
    }
  }

  const times: number[] = []
  for (let round = 0; round <= bench.pairs; round += 1) {
    const seconds = await start(round)
    bench.say(`start ${round}: ${seconds.toFixed(2)} s${round === 0 ? ' (warm-up)' : ''}`)
    if (round > 0) times.push(seconds)
  }
  bench.show({
    figure: 'start',
    row: 'worker and API, from start to serving',
    unit: 's',
    ours: rounded(median(times)),
    goal,
    pairs: times.map((time) => [rounded(time)]),
    details: { program: 'start' },
  })
})

function unlessUnreachable(error: unknown): void {
  if (error instanceof Error && error.name === 'UnreachableError') throw error
}
