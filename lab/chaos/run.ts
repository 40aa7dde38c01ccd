import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'
import { UnreachableError } from '../../src/cli/client.ts'
import { type Task, taskSchema } from '../../src/cli/taskSchema.ts'
import type { Fault } from './faults.ts'
import { type Counts, inspect, receivedBytes } from './inspect.ts'
import { type Meetings, meetings } from './meetings.ts'
import { type Stack, startStack } from './stack.ts'
import type { Traces } from './traces.ts'

/**
 * How a node came through: by itself, with one retry by an operator after a cause was reported, or
 * not; or there was nothing yet to hit.
 */
export type Verdict = 'by itself' | 'one retry' | 'lost' | 'nothing to hit'

export interface Cell {
  readonly node: string
  readonly verdict: Verdict
  /** What was reported when an operator was needed. */
  readonly cause?: string
}

export interface FaultRun {
  readonly fault: string
  readonly cells: readonly Cell[]
  readonly counts: Counts
  /** What is wrong with the cluster or left behind at the end; nothing when all is well. */
  readonly complaints: readonly string[]
  readonly traces: Traces
  readonly seconds: number
}

/** A task that shows nothing new for so long does not go on. */
const patienceMs = 10 * 60_000
/** Of one subtask. The second shows that it is lost, one more whether it stays so. */
const mostFailures = 3

export interface RunOptions {
  readonly log: (line: string) => void
  /** Names of the nodes that meet the fault; all of them unless told. */
  readonly nodes?: readonly string[]
  /** What an undisturbed create on as many hosts leaves, to compare with. */
  readonly undisturbed?: Traces
  /** Ends the run; what it made is cleared away first. */
  readonly signal?: AbortSignal
}

/** One create in which every node, one after the other, meets the fault. */
export async function runFault(
  fault: Fault,
  { log, nodes, undisturbed, signal }: RunOptions,
): Promise<FaultRun> {
  const began = Date.now()
  let creating: Stack | undefined
  const stackOf = (): Stack => {
    if (!creating) throw new Error('no create is under way')
    return creating
  }
  const chosen = (name: string): boolean => (nodes ?? fault.nodes)?.includes(name) ?? true
  const meeting = meetings({ fault, chosen, log, stack: stackOf })
  const stack = await startStack(fault.shape, fault.hosts, async (instant) => {
    if (creating) await meeting.atInstant(instant)
    return true
  })
  try {
    await fault.prepare?.(stack)
    const receivedBefore = stack.lab.hosts.map(receivedBytes)
    creating = stack
    const { task, causes, complaints } = await created(stack, meeting, signal)
    creating = undefined
    const cells = cellsOf(task, {
      causes,
      met: meeting.met,
      chosen,
      unmet: (name) => fault.nodes !== undefined && !fault.nodes.includes(name),
    })
    const again =
      fault.undoesBootstrap &&
      cells.some(({ node, verdict }) => node === 'Bootstrap ob' && verdict !== 'nothing to hit')
    const found = await inspect(stack, {
      receivedBefore,
      mostBootstraps: again ? 2 : 1,
      ...(undisturbed && { undisturbed }),
    })
    return {
      fault: fault.name,
      cells,
      counts: found.counts,
      complaints: [...complaints, ...meeting.missed, ...found.complaints],
      traces: found.traces,
      seconds: (Date.now() - began) / 1000,
    }
  } finally {
    creating = undefined
    await stack.close()
  }
}

/** Causes by subtask, in the order in which they were reported. */
type Causes = ReadonlyMap<number, readonly string[]>

/** Posts the create and stands by: mends and retries whenever the task has failed. */
async function created(
  stack: Stack,
  meeting: Meetings,
  signal?: AbortSignal,
): Promise<{
  readonly task: Task
  readonly causes: Causes
  readonly complaints: readonly string[]
}> {
  const { taskId } = await stack.create()
  const causes = new Map<number, string[]>()
  const complaints: string[] = []
  let task = await ended(stack, taskId, signal)
  while (task.status === 'FAILED') {
    const failed = task.subtasks.filter(({ status }) => status === 'FAILED')
    for (const { id, name, error } of failed) {
      if (!error || error.code === unknownCause)
        complaints.push(`${name} failed without a definite cause: ${error?.message}`)
      causes.set(id, [...(causes.get(id) ?? []), error ? `${error.code} ${error.message}` : 'none'])
    }
    if (failed.length === 0) complaints.push('the task failed without a failed subtask')
    if (
      failed.length === 0 ||
      failed.some(({ id }) => (causes.get(id)?.length ?? 0) >= mostFailures)
    )
      break
    await meeting.mend()
    await patiently(
      stack.api
        .post(`/api/v2/tasks/instances/${taskId}/retry`, {}, z.unknown())
        .then(() => undefined),
    )
    task = await ended(stack, taskId, signal)
  }
  await meeting.mend()
  return { task, causes, complaints }
}

const unknownCause = 'COM10999'

interface Seen {
  readonly causes: Causes
  readonly met: ReadonlyMap<number, boolean>
  readonly chosen: (name: string) => boolean
  /** Nodes that the fault is not meant for. */
  readonly unmet: (name: string) => boolean
}

/** A join is passed by the store: there is no activity that a fault could meet. */
const join = 'Wait node'

const cellsOf = (task: Task, { causes, met, chosen, unmet }: Seen): Cell[] =>
  task.subtasks.flatMap(({ id, name: node, status }): Cell | readonly Cell[] => {
    if (node === join && status === 'SUCCESSFUL') return []
    const [cause, ...more] = causes.get(id) ?? []
    const hit = met.get(id)
    if (status !== 'SUCCESSFUL')
      return { node, verdict: 'lost', cause: `ended ${status}; ${cause ?? ''}` }
    if (hit === undefined && unmet(node)) return { node, verdict: 'nothing to hit' }
    if (hit === undefined && chosen(node))
      return { node, verdict: 'lost', cause: 'the fault never met it' }
    if (more.length > 0) return { node, verdict: 'lost', cause: [cause, ...more].join('; then ') }
    if (cause !== undefined) return { node, verdict: 'one retry', cause }
    return { node, verdict: hit === false ? 'nothing to hit' : 'by itself' }
  })

/** An API that is being started again is waited for. */
async function patiently(call: Promise<void>): Promise<void> {
  await call.catch(async (error: unknown) => {
    if (!(error instanceof UnreachableError)) throw error
    await sleep(500)
  })
}

/** The task when it has ended. Throws when it shows nothing new for long. */
export async function ended(stack: Stack, taskId: number, signal?: AbortSignal): Promise<Task> {
  let before = ''
  let deadline = Date.now() + patienceMs
  for (;;) {
    signal?.throwIfAborted()
    const task = await stack.api.get(`/api/v2/tasks/instances/${taskId}`, taskSchema).then(
      ({ data }) => data,
      () => undefined,
    )
    if (task && task.status !== 'RUNNING') return task
    const now = task ? JSON.stringify(task.subtasks) : before
    if (now !== before) deadline = Date.now() + patienceMs
    before = now
    if (Date.now() > deadline)
      throw new Error(
        `the task does not end: ${JSON.stringify(task?.subtasks.filter(({ status }) => status === 'RUNNING'))}`,
      )
    await sleep(100)
  }
}
