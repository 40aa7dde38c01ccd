import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { bundleWorkflowCode, Worker } from '@temporalio/worker'
import { z } from 'zod'
import { startService, untilReached } from '../lab/chaos/service.ts'
import { claimPort } from '../lab/ports/claim.ts'
import { createClient } from '../src/cli/client.ts'
import { createCluster, createClusterPlan } from '../src/operations/createCluster.ts'
import { expand } from '../src/plan/expand.ts'
import { addHosts, addMoreHosts, creator, newCluster } from '../test/store/inventory.ts'
import { widthsOf } from './engine/shape.ts'
import { createStand, logger } from './engine/stand.ts'
import { bench, inTurn, paired } from './kit/bench.ts'
import { startCaller } from './kit/caller.ts'
import { createBody } from './kit/createBody.ts'
import { figureOf, median, quantile, rounded } from './kit/figure.ts'
import { takeForPrepared } from './kit/prepared.ts'

// A hundred creates of one host at once, nodes instant, beside a hundred bare chains: activities a
// second. Then, round after round, the same crowd once more, and while it is at work an API of its
// own is posted 50 creates a second.

const { values } = parseArgs({ options: { creates: { type: 'string', default: '100' } } })
const creates = Number(values.creates)
const postsPerSecond = 50
const maxTells = 5
/** A post that is refused for now counts as this slow. */
const refusedMs = 10_000
const warmPosts = 100
const goals = { activities: { atLeast: 0.8 }, p99: { atMost: 100 } } as const

const nothing = async (): Promise<void> => undefined
const widths = widthsOf(
  expand(createClusterPlan, { hosts: [{ id: 1, ip: 'host' }], zones: ['zone1'] }),
)
const activities = creates * widths.length

await bench(async (bench) => {
  const stand = await createStand({ store: 'postgres', node: nothing })
  bench.defer(() => stand[Symbol.asyncDispose]())
  const { client, operations, postgres, store, workflows } = stand
  if (!postgres) throw new Error('this takes PostgreSQL')
  const workflowsPath = fileURLToPath(new URL('engine/bareWorkflow.ts', import.meta.url))
  stand.run(
    await Worker.create({
      ...stand.common,
      taskQueue: 'bare',
      workflowBundle: await bundleWorkflowCode({ workflowsPath, logger }),
      activities: { nothing },
    }),
  )
  await addHosts(store, 1)
  await takeForPrepared(store)
  let networks = 0
  const moreHosts = async (count: number): Promise<number[]> => {
    networks += 1
    const ids = await addMoreHosts(store, { count, idcId: 1, network: `10.${networks}` })
    await takeForPrepared(store)
    return ids
  }

  /**
   * As an API tells Temporal, and again where that did not answer in time. What is not marked as
   * told, the sweep of the API below would tell once more amid its posts.
   */
  async function tell(id: number): Promise<void> {
    for (let tries = 1; ; tries += 1) {
      const untold = await store.tasks.untoldOf(id)
      if (untold === undefined) return
      try {
        await workflows.tell(untold)
        await store.tasks.markTold(id, untold.acceptedRevision)
        return
      } catch (error) {
        if (tries === maxTells || bench.signal.aborted) throw error
      }
    }
  }

  /** Accepts the creates, which is not timed. */
  async function crowd() {
    const ids = await moreHosts(creates)
    const tasks: { readonly id: number; readonly workflowId: string }[] = []
    for (const [index, hostId] of ids.entries()) {
      const zones = [{ name: 'zone1', idcName: 'hz2', servers: [hostId] }]
      const request = newCluster({ name: `c${networks}x${index}`, zones })
      tasks.push((await operations.accept(createCluster, { request, creator })).task)
    }
    const statusOf = async (id: number) => (await store.tasks.get(id))?.status
    return {
      async start(): Promise<void> {
        await Promise.all(tasks.map(({ id }) => tell(id)))
      },
      async ended(): Promise<void> {
        await Promise.all(
          tasks.map(({ workflowId }) => client.workflow.getHandle(workflowId).result()),
        )
        for (const { id } of tasks) {
          const status = await statusOf(id)
          if (status !== 'SUCCESSFUL') throw new Error(`task ${id} is ${status}`)
        }
      },
      async atWork(): Promise<boolean> {
        const statuses = await Promise.all(tasks.map(({ id }) => statusOf(id)))
        return statuses.includes('RUNNING')
      },
    }
  }
  const perSecond = async (work: () => Promise<unknown>): Promise<number> => {
    const start = performance.now()
    await work()
    return activities / ((performance.now() - start) / 1000)
  }
  let bares = 0
  const { ours, bare } = await inTurn(bench, {
    ours: async () => {
      const { start, ended } = await crowd()
      return perSecond(async () => {
        await start()
        await ended()
      })
    },
    bare: () =>
      perSecond(() =>
        Promise.all(
          Array.from({ length: creates }, () => {
            bares += 1
            return client.workflow.execute('bare', {
              taskQueue: 'bare',
              workflowId: `bare-${bares}`,
              args: [widths],
            })
          }),
        ),
      ),
  })
  bench.show(
    figureOf({
      figure: 'engine crowd',
      row: `${creates} creates at once, activities a second`,
      unit: '/s',
      goal: goals.activities,
      reference: `${creates} bare chains`,
      pairs: paired(ours, bare),
      details: { program: 'crowd' },
    }),
  )

  // Before there is an API, whose sweep would have them prepared.
  const hostsToPost: (readonly number[])[] = []
  while (hostsToPost.length < bench.pairs) hostsToPost.push(await moreHosts(postsPerSecond * 10))
  const toWarm = await moreHosts(warmPosts)
  const dir = mkdtempSync(join(tmpdir(), 'obflow-crowd-'))
  bench.defer(() => rmSync(dir, { recursive: true, force: true }))
  const password = randomBytes(12).toString('base64url')
  const port = await claimPort()
  const api = startService({
    program: 'src/server.ts',
    env: {
      OBFLOW_DATA_DIR: join(dir, 'data'),
      OBFLOW_KEY_FILE: stand.keyFile,
      OBFLOW_LISTEN: `127.0.0.1:${port}`,
      OBFLOW_ADMIN_PASSWORD: password,
      OBFLOW_RATE_LIMIT: '0,0,0,0',
      DATABASE_URL: postgres.url,
      TEMPORAL_ADDRESS: stand.address,
    },
    log: join(dir, 'api.log'),
  })
  bench.defer(() => api.close())
  const http = createClient({ url: `http://127.0.0.1:${port}`, user: 'admin', password })
  await untilReached(() => http.get('/api/v2/ob/clusters', z.unknown()), [api], bench.signal)

  const called = startCaller(bench, { url: `http://127.0.0.1:${port}`, password })
  const posting = (hostIds: readonly number[]) =>
    hostIds.map((hostId) => ({
      path: '/api/v2/ob/clusters',
      body: createBody(`p${hostId}`, hostId),
    }))
  // A server that has just started has compiled nothing yet.
  await called({ calls: posting(toWarm), times: warmPosts })

  let refused = 0
  /**
   * Milliseconds of each of 500 posts, ten seconds of them, while a crowd is at work, beside what
   * the rounds before have left.
   */
  async function posts(ids: readonly number[]): Promise<readonly number[]> {
    const { start, atWork } = await crowd()
    const [times] = await Promise.all([
      called({ calls: posting(ids), times: ids.length, perSecond: postsPerSecond }),
      start(),
    ])
    if (!(await atWork())) throw new Error('the crowd had ended before the posts')
    const busy = ids.length - times.length
    refused += busy
    return [...times, ...Array.from({ length: busy }, () => refusedMs)]
  }
  const p99s: number[] = []
  const p50s: number[] = []
  let counted = 0
  for (const [round, ids] of hostsToPost.entries()) {
    const times = await posts(ids)
    counted += times.length
    p99s.push(quantile(times, 0.99))
    p50s.push(quantile(times, 0.5))
    bench.say(
      `round ${round + 1}: ${times.length} posts, p99 ${quantile(times, 0.99).toFixed(0)} ms`,
    )
  }
  bench.show({
    figure: 'engine crowd',
    row: `POST of a create, p99, ${postsPerSecond} a second meanwhile`,
    unit: 'ms',
    ours: rounded(median(p99s)),
    goal: goals.p99,
    pairs: p99s.map((value) => [rounded(value)]),
    details: { program: 'crowd', posts: counted, refused, p50Ms: rounded(median(p50s)) },
  })
})
