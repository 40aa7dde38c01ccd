import { z } from 'zod'
import { ApiError } from '../../src/cli/client.ts'
import { engineFaults, type Fault, runsObserver, someNodes } from './faults.ts'
import type { Instant } from './hook.ts'
import { meetings } from './meetings.ts'
import { type Cell, ended, type RunOptions } from './run.ts'
import { type Stack, startStack } from './stack.ts'
import { stateOf, unlike } from './traces.ts'

/** Faults after which a create is rolled back. */
export const undoFaults = engineFaults

export interface UndoRun {
  readonly fault: string
  readonly cells: readonly Cell[]
  /** The longest that it took from a fault until the task was FAILED. */
  readonly failedAfterSeconds: number
  readonly seconds: number
}

/** Who else meets the fault: a backup has to be made before it can be put back. */
const nodeBefore = (node: string): string =>
  someNodes[someNodes.indexOf(node) - 1] ?? 'Prepare install cluster'

/**
 * For each of six nodes a create in which that node meets the fault and then fails; its task is
 * rolled back. Hosts and inventory have to be as before it was posted.
 */
export async function runUndo(
  fault: Fault,
  { log, signal, nodes = someNodes }: Omit<RunOptions, 'undisturbed'>,
): Promise<UndoRun> {
  const began = Date.now()
  let atInstant: ((instant: Instant) => Promise<boolean>) | undefined
  const stack = await startStack(fault.shape, fault.hosts, async (instant) =>
    atInstant ? atInstant(instant) : true,
  )
  try {
    const before = await stateOf(stack)
    const cells: Cell[] = []
    let failedAfterMs = 0
    for (const node of nodes) {
      // What one node left behind would be found again after every node that follows.
      if (cells.at(-1)?.verdict === 'lost') break
      const create = failingCreate({ fault, node, log, stack })
      atInstant = create.atInstant
      const { taskId, clusterId } = await stack.create()
      const { subtasks } = await ended(stack, taskId, signal)
      failedAfterMs = Math.max(failedAfterMs, Date.now() - create.struckAt())
      atInstant = undefined
      const failed = subtasks.filter(({ status }) => status === 'FAILED').map(({ name }) => name)
      const complaints = [
        ...create.missed(),
        ...(failed.join() === node ? [] : [`FAILED are: ${failed.join(', ') || 'none'}`]),
        ...(await takeBack(stack, { taskId, clusterId, signal })),
        ...unlike(await stateOf(stack), before),
      ]
      const [cause] = complaints
      cells.push({ node, verdict: cause ? 'lost' : 'by itself', ...(cause && { cause }) })
      for (const complaint of complaints) log(`${fault.name}: ${node}: ${complaint}`)
    }
    const notRun = nodes
      .slice(cells.length)
      .map((node) => ({ node, verdict: 'nothing to hit' }) as const)
    return {
      fault: fault.name,
      cells: [...cells, ...notRun],
      failedAfterSeconds: failedAfterMs / 1000,
      seconds: (Date.now() - began) / 1000,
    }
  } finally {
    atInstant = undefined
    await stack.close()
  }
}

interface Meeting {
  readonly fault: Fault
  readonly node: string
  readonly log: (line: string) => void
  readonly stack: Stack
}

/** What befalls a create: the fault comes in the node, which fails when its work is done. */
function failingCreate({ fault, node, log, stack }: Meeting) {
  const hit = fault.putsBack ? [nodeBefore(node), node] : [node]
  const strikes: Promise<void>[] = []
  let struckAt = Date.now()
  const inflict = (on: Stack): Promise<void> => {
    const strike = fault.inflict(on).finally(() => {
      struckAt = Date.now()
    })
    strikes.push(strike)
    return strike
  }
  stack.crash.forgetBackups()
  const meeting = meetings({
    fault: { ...fault, inflict },
    chosen: (name) => hit.includes(name),
    log,
    stack: () => stack,
  })
  return {
    struckAt: () => struckAt,
    missed: (): string[] => [
      ...meeting.missed,
      ...(strikes.length === hit.length ? [] : ['the fault never met it']),
    ],
    async atInstant(instant: Instant): Promise<boolean> {
      await meeting.atInstant(instant)
      if (instant.at === 'start' || instant.name !== node) return true
      await Promise.allSettled(strikes)
      return false
    },
  }
}

interface Failed {
  readonly taskId: number
  readonly clusterId: number
  readonly signal: AbortSignal | undefined
}

const cluster = z.object({ status: z.string() })
const task = z.object({ id: z.number() })

/**
 * Rolls the task back. A cluster in use refuses that, keeps its observers and is deleted instead.
 * Returns what was wrong.
 */
async function takeBack(stack: Stack, { taskId, clusterId, signal }: Failed): Promise<string[]> {
  const { api, lab } = stack
  const ends = async (id: number): Promise<string[]> => {
    const { name, status } = await ended(stack, id, signal)
    return status === 'SUCCESSFUL' ? [] : [`"${name}" ended ${status}`]
  }
  const path = `/api/v2/ob/clusters/${clusterId}`
  const rolledBack = (): Promise<boolean> =>
    api.post(`/api/v2/tasks/instances/${taskId}/rollback`, {}, z.unknown()).then(
      () => true,
      (error: unknown) => {
        if (error instanceof ApiError && error.code === 'COM10005') return false
        throw error
      },
    )
  const { status } = (await api.get(path, cluster)).data
  if (status !== 'RUNNING') return (await rolledBack()) ? ends(taskId) : ['no rollback is accepted']
  const complaints = (await rolledBack()) ? ['a RUNNING cluster is rolled back'] : []
  if (!lab.hosts.every(runsObserver)) complaints.push('an observer of a RUNNING cluster is gone')
  return [...complaints, ...(await ends((await api.delete(path, task)).data.id))]
}
