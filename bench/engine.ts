import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { bundleWorkflowCode, Worker } from '@temporalio/worker'
import { z } from 'zod'
import { createCluster, createClusterPlan } from '../src/operations/createCluster.ts'
import { expand } from '../src/plan/expand.ts'
import { addHosts, creator, newCluster } from '../test/store/inventory.ts'
import { createStand, logger } from './engine/stand.ts'

// A create whose nodes do nothing, store writes included, beside the same shape of activities in
// bare Temporal: on the same server, in turn.

const { values } = parseArgs({
  options: {
    hosts: { type: 'string', default: '1' },
    pairs: { type: 'string', default: '5' },
    store: { type: 'string', default: 'postgres' },
  },
})
const hosts = Number(values.hosts)
const pairs = Number(values.pairs)

const nothing = async (): Promise<void> => undefined
await using stand = await createStand({
  store: z.enum(['postgres', 'pglite']).parse(values.store),
  node: nothing,
})
const { client, operations, store, workflows } = stand

const ids = Array.from({ length: hosts }, (_, index) => index + 1)
const targets = { hosts: ids.map((id) => ({ id, ip: `host-${id}` })), zones: ['zone1'] }
const planned = expand(createClusterPlan, targets)
/** How many subtasks stand side by side, stage by stage, joins included. */
const widths: number[] = []
for (const { parallelIdx } of planned) {
  if (parallelIdx <= 0) widths.push(1)
  else widths[widths.length - 1] = parallelIdx + 1
}

const workflowsPath = fileURLToPath(new URL('engine/bareWorkflow.ts', import.meta.url))
stand.run(
  await Worker.create({
    ...stand.common,
    taskQueue: 'bare',
    workflowBundle: await bundleWorkflowCode({ workflowsPath, logger }),
    activities: { nothing },
  }),
)

const hostIds = await addHosts(store, hosts * (pairs + 1))

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

async function bareRun(number: number): Promise<number> {
  const start = performance.now()
  await client.workflow.execute('bare', {
    taskQueue: 'bare',
    workflowId: `bare-${number}`,
    args: [widths],
  })
  return performance.now() - start
}

interface History {
  readonly events: number
  readonly runs: number
  /**
   * Why each workflow task failed or timed out, by number of temporal.api.enums.v1's
   * WorkflowTaskFailedCause and TimeoutType.
   */
  readonly trouble: readonly string[]
}

/**
 * Events of the longest run, how many runs there were, and workflow tasks that failed or timed out.
 */
async function historyOf(workflowId: string): Promise<History> {
  let runId: string | undefined
  let found: History = { events: 0, runs: 0, trouble: [] }
  do {
    const { events } = await client.workflow.getHandle(workflowId, runId).fetchHistory()
    if (!events) break
    const bad = events.flatMap((event) => {
      const failed = event.workflowTaskFailedEventAttributes
      const timedOut = event.workflowTaskTimedOutEventAttributes
      if (failed) return [`failed, cause ${failed.cause}`]
      return timedOut ? [`timed out, type ${timedOut.timeoutType}`] : []
    })
    found = {
      events: Math.max(found.events, events.length),
      runs: found.runs + 1,
      trouble: [...found.trouble, ...bad],
    }
    runId = events[0]?.workflowExecutionStartedEventAttributes?.continuedExecutionRunId ?? undefined
  } while (runId)
  return found
}

async function ourRun(number: number) {
  const mine = hostIds.slice(number * hosts, (number + 1) * hosts)
  const zones = Array.from({ length: Math.min(3, hosts) }, (_, zone) => ({
    name: `zone${zone + 1}`,
    idcName: 'hz2',
    servers: mine.filter((_, index) => index % 3 === zone),
  }))
  const request = newCluster({ name: `c${number}`, zones })
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
  return { ms, accept: accepted.ms, stall: accepted.stall, ...(await historyOf(task.workflowId)) }
}

const countsOf = (list: readonly string[]): Record<string, number> =>
  Object.fromEntries(
    [...new Set(list)].map((each) => [each, list.filter((other) => other === each).length]),
  )
const median = (list: readonly number[]): number =>
  list.toSorted((a, b) => a - b)[Math.floor(list.length / 2)] ?? 0
const rounded = (list: readonly number[]): number[] => list.map((value) => Math.round(value))

const bareTimes: number[] = []
const ours: Awaited<ReturnType<typeof ourRun>>[] = []
// The first of each warms up: code is compiled, connections are made.
for (let pair = 0; pair <= pairs; pair += 1) {
  const times = await bareRun(pair)
  const run = await ourRun(pair)
  process.stderr.write(
    `${hosts} hosts, pair ${pair}: bare ${Math.round(times)} ms, ours ${Math.round(run.ms)} ms\n`,
  )
  if (pair === 0 && pairs > 1) continue
  bareTimes.push(times)
  ours.push(run)
}
const ratios = ours.map(({ ms }, index) => ms / (bareTimes[index] ?? ms))
process.stdout.write(
  `${JSON.stringify({
    hosts,
    store: values.store,
    subtasks: planned.length,
    bareMs: Math.round(median(bareTimes)),
    oursMs: Math.round(median(ours.map(({ ms }) => ms))),
    ratio: Number(median(ratios).toFixed(2)),
    ratios: ratios.map((ratio) => Number(ratio.toFixed(2))),
    acceptMs: rounded(ours.map(({ accept }) => accept)),
    acceptStallMs: rounded(ours.map(({ stall }) => stall)),
    eventsOfLongestRun: Math.max(...ours.map(({ events }) => events)),
    runs: Math.max(...ours.map(({ runs }) => runs)),
    failedOrTimedOutWorkflowTasks: countsOf(ours.flatMap(({ trouble }) => trouble)),
    rssMiB: Math.round(process.memoryUsage().rss / 2 ** 20),
  })}\n`,
)
