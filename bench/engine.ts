import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { bundleWorkflowCode, Worker } from '@temporalio/worker'
import { z } from 'zod'
import { createCluster, createClusterPlan } from '../src/operations/createCluster.ts'
import { expand } from '../src/plan/expand.ts'
import { addHosts, addMoreHosts, creator, newCluster } from '../test/store/inventory.ts'
import { historyOf, widthsOf } from './engine/shape.ts'
import { createStand, logger } from './engine/stand.ts'
import { type Bench, bench, inTurn, paired } from './kit/bench.ts'
import { figureOf, median, rounded } from './kit/figure.ts'

// A create whose nodes do nothing, store writes included, beside the same shape of activities in
// bare Temporal: on the same server, in turn.
//   node bench/engine.ts --hosts 1,100 --store pglite

const { values } = parseArgs({
  options: {
    hosts: { type: 'string', default: '1' },
    store: { type: 'string', default: 'postgres' },
  },
})
const sizes = values.hosts.split(',').map(Number)
const goals = { one: { atMost: 1.2 }, wide: { atMost: 1.3 } } as const

const nothing = async (): Promise<void> => undefined

/** The longest time, in ms, for which the event loop did nothing else while `work` went on. */
async function stalled<T>(
  work: () => Promise<T>,
): Promise<{ readonly result: T; readonly ms: number; readonly stall: number }> {
  let last = performance.now()
  let stall = 0
  const tick = setInterval(() => {
    const now = performance.now()
    stall = Math.max(stall, now - last - 5)
    last = now
  }, 5)
  const start = performance.now()
  try {
    const result = await work()
    const end = performance.now()
    return { result, ms: end - start, stall: Math.max(stall, end - last - 5) }
  } finally {
    clearInterval(tick)
  }
}

const countsOf = (list: readonly string[]): Record<string, number> =>
  Object.fromEntries(
    [...new Set(list)].map((each) => [each, list.filter((other) => other === each).length]),
  )

await bench(async (bench: Bench) => {
  const stand = await createStand({
    store: z.enum(['postgres', 'pglite']).parse(values.store),
    node: nothing,
  })
  bench.defer(() => stand[Symbol.asyncDispose]())
  const { client, operations, store, workflows } = stand
  const workflowsPath = fileURLToPath(new URL('engine/bareWorkflow.ts', import.meta.url))
  stand.run(
    await Worker.create({
      ...stand.common,
      taskQueue: 'bare',
      workflowBundle: await bundleWorkflowCode({ workflowsPath, logger }),
      activities: { nothing },
    }),
  )
  const first = await addHosts(store, 1)
  let creates = 0

  async function measure(hosts: number): Promise<void> {
    const planned = expand(createClusterPlan, {
      hosts: Array.from({ length: hosts }, (_, index) => ({ id: index + 1, ip: `host-${index}` })),
      zones: ['zone1'],
    })
    const widths = widthsOf(planned)
    const runs: Awaited<ReturnType<typeof ourRun>>[] = []

    async function bareRun(): Promise<number> {
      const start = performance.now()
      creates += 1
      await client.workflow.execute('bare', {
        taskQueue: 'bare',
        workflowId: `bare-${creates}`,
        args: [widths],
      })
      return performance.now() - start
    }

    async function ourRun() {
      creates += 1
      const mine =
        creates === 1 && hosts === 1
          ? first
          : await addMoreHosts(store, { count: hosts, idcId: 1, network: `10.${creates}` })
      const zones = Array.from({ length: Math.min(3, hosts) }, (_, zone) => ({
        name: `zone${zone + 1}`,
        idcName: 'hz2',
        servers: mine.filter((_, index) => index % 3 === zone),
      }))
      const request = newCluster({ name: `c${creates}`, zones })
      const accepted = await stalled(() => operations.accept(createCluster, { request, creator }))
      const { task } = accepted.result
      const start = performance.now()
      const untold = await store.tasks.untoldOf(task.id)
      if (untold === undefined) throw new Error('a task that nobody told Temporal of is not named')
      await workflows.tell(untold)
      await client.workflow.getHandle(task.workflowId).result()
      const ms = performance.now() - start
      const status = (await store.tasks.get(task.id))?.status
      if (status !== 'SUCCESSFUL') throw new Error(`the task is ${status}`)
      const history = await historyOf(client, task.workflowId)
      return { ms, accept: accepted.ms, stall: accepted.stall, ...history }
    }

    const { ours, bare } = await inTurn(bench, {
      ours: async (round) => {
        const run = await ourRun()
        if (round > 0) runs.push(run)
        return run.ms
      },
      bare: bareRun,
    })
    const trouble = countsOf(runs.flatMap((run) => run.trouble))
    if (Object.keys(trouble).length > 0) process.exitCode = 1
    bench.show(
      figureOf({
        figure: hosts === 1 ? 'engine chain' : 'engine width',
        row: hosts === 1 ? 'one host' : `${hosts.toLocaleString('en-US')} hosts`,
        unit: 'ms',
        goal: hosts === 1 ? goals.one : goals.wide,
        reference: 'bare Temporal',
        pairs: paired(ours, bare),
        details: {
          program: hosts === 1 ? 'chain' : 'width',
          store: values.store,
          subtasks: planned.length,
          msEachSubtask: rounded(median(ours) / planned.length),
          acceptMs: Math.round(median(runs.map(({ accept }) => accept))),
          acceptStallMs: Math.round(Math.max(...runs.map(({ stall }) => stall))),
          eventsOfLongestRun: Math.max(...runs.map(({ events }) => events)),
          failedOrTimedOutWorkflowTasks: trouble,
          rssMiB: Math.round(process.memoryUsage().rss / 2 ** 20),
        },
      }),
    )
  }

  for (const hosts of sizes) await measure(hosts)
})
