import { setTimeout as sleep } from 'node:timers/promises'
import { createConnection } from 'mysql2/promise'
import { z } from 'zod'
import { UnreachableError } from '../../src/cli/client.ts'
import { type Task, taskSchema } from '../../src/cli/taskSchema.ts'
import type { Fault } from './faults.ts'
import type { Instant } from './hook.ts'
import { type Stack, startStack } from './stack.ts'

/** How a node came through: by itself, with one retry by an operator after a cause was reported, or not. */
export type Verdict = 'by itself' | 'one retry' | 'lost'

export interface Cell {
  readonly node: string
  readonly verdict: Verdict
  /** What was reported when an operator was needed. */
  readonly cause?: string
}

export interface FaultRun {
  readonly fault: string
  readonly cells: readonly Cell[]
  /** What is wrong with the cluster or left behind at the end; nothing when all is well. */
  readonly complaints: readonly string[]
  readonly seconds: number
}

const amidMs = 150
const patienceMs = 15 * 60_000

export interface RunOptions {
  readonly log: (line: string) => void
  /** Names of the nodes that meet the fault; all of them unless told. */
  readonly nodes?: readonly string[]
  /** Ends the run; what it made is cleared away first. */
  readonly signal?: AbortSignal
}

/** One create in which every node, one after the other, meets the fault. */
export async function runFault(fault: Fault, { log, nodes, signal }: RunOptions): Promise<FaultRun> {
  const began = Date.now()
  const met = new Set<number>()
  let stack: Stack | undefined
  let creating = false
  let healed: Promise<void> = Promise.resolve()
  const amid = new Map<number, { readonly timer: NodeJS.Timeout; done: boolean }>()

  const inflict = async (instant: Instant): Promise<void> => {
    if (!stack) return
    log(`${fault.name}: ${instant.name} (${instant.at})`)
    await fault.inflict(stack)
  }
  const heal = async (): Promise<void> => {
    if (stack && fault.heal) await fault.heal(stack)
  }

  const atInstant = async (instant: Instant): Promise<void> => {
    if (!creating) return
    if (instant.at === 'start' && !met.has(instant.subtaskId) && (nodes?.includes(instant.name) ?? true)) {
      met.add(instant.subtaskId)
      if (fault.when === 'under') {
        await healed
        await inflict(instant)
        if (fault.healAfterMs !== undefined) healed = sleep(fault.healAfterMs).then(heal)
      } else {
        const state = { done: false, timer: setTimeout(() => void fire(), amidMs) }
        const fire = async (): Promise<void> => {
          if (state.done) return
          state.done = true
          await inflict(instant)
        }
        amid.set(instant.subtaskId, state)
      }
    }
    const waiting = amid.get(instant.subtaskId)
    if (instant.at === 'end' && waiting && !waiting.done) {
      waiting.done = true
      clearTimeout(waiting.timer)
      await inflict(instant)
    }
    if (instant.at === 'end' && fault.when === 'under' && fault.healAfterMs === undefined) await heal()
  }

  const cells = new Map<number, Cell>()
  const complaints: string[] = []
  try {
    stack = await startStack(fault.shape, fault.hosts, atInstant)
    creating = true
    const { taskId, clusterId } = await stack.create()
    let task = await ended(stack, taskId, signal)
    for (let retries = 0; task.status === 'FAILED' && retries < 60; retries++) {
      for (const { id, name, error } of task.subtasks) {
        if (error)
          cells.set(id, { node: name, verdict: cells.has(id) ? 'lost' : 'one retry', cause: `${error.code} ${error.message}` })
      }
      await healed
      await heal()
      await patiently(stack.api.post(`/api/v2/tasks/instances/${taskId}/retry`, {}, z.unknown()).then(() => undefined))
      task = await ended(stack, taskId, signal)
    }
    creating = false
    await healed
    await heal()
    for (const { id, name, status } of task.subtasks) {
      const spared = nodes !== undefined && !nodes.includes(name)
      if (status !== 'SUCCESSFUL' || !(met.has(id) || spared))
        cells.set(id, { node: name, verdict: 'lost', cause: `ended ${status}${met.has(id) ? '' : ', the fault never met it'}` })
      else if (!cells.has(id)) cells.set(id, { node: name, verdict: 'by itself' })
    }
    complaints.push(...(await inspect(stack, clusterId)))
    return {
      fault: fault.name,
      cells: task.subtasks.flatMap(({ id }) => cells.get(id) ?? []),
      complaints,
      seconds: (Date.now() - began) / 1000,
    }
  } finally {
    creating = false
    await stack?.close()
  }
}

/** An API that is being started again is waited for. */
async function patiently(call: Promise<void>): Promise<void> {
  await call.catch(async (error: unknown) => {
    if (!(error instanceof UnreachableError)) throw error
    await sleep(500)
  })
}

async function ended(stack: Stack, taskId: number, signal?: AbortSignal): Promise<Task> {
  const deadline = Date.now() + patienceMs
  for (;;) {
    signal?.throwIfAborted()
    const task = await stack.api.get(`/api/v2/tasks/instances/${taskId}`, taskSchema).then(
      ({ data }) => data,
      () => undefined,
    )
    if (task && task.status !== 'RUNNING') return task
    if (Date.now() > deadline)
      throw new Error(`the task does not end: ${JSON.stringify(task?.subtasks.filter(({ status }) => status === 'RUNNING'))}`)
    await sleep(100)
  }
}

const cluster = z.object({ status: z.string() })

/** The same for every run: the cluster serves, was bootstrapped once, and nothing of a lost attempt is left. */
async function inspect(stack: Stack, clusterId: number): Promise<string[]> {
  const complaints: string[] = []
  const [first] = stack.lab.hosts
  if (!first) throw new Error('the lab has no host')
  const { status } = (await stack.api.get(`/api/v2/ob/clusters/${clusterId}`, cluster)).data
  if (status !== 'RUNNING') complaints.push(`the cluster is ${status}`)
  try {
    const connection = await createConnection({ host: first.ip, port: 2881, user: 'root@sys', password: stack.password })
    const [rows] = await connection.query("SELECT COUNT(*) AS servers FROM oceanbase.DBA_OB_SERVERS WHERE STATUS = 'ACTIVE'")
    const { servers } = z.tuple([z.object({ servers: z.number() })]).parse(rows)[0]
    if (servers !== stack.lab.hosts.length) complaints.push(`${servers} of ${stack.lab.hosts.length} servers are ACTIVE`)
    await connection.end()
  } catch (error) {
    complaints.push(`SQL: ${error instanceof Error ? error.message : String(error)}`)
  }
  const { stdout: count } = await first.exec('cat /home/admin/oceanbase/run/bootstrap.count')
  if (count.trim() !== '1') complaints.push(`BOOTSTRAP was executed ${count.trim() || '0'} times`)
  for (const host of stack.lab.hosts) {
    const { stdout: left } = await host.exec(
      'ls -A /run/obflow /var/lib/obflow/packages 2>/dev/null | grep -v ":$" | grep .; pgrep -l "^(fio|rpm)$"',
    )
    if (left.trim()) complaints.push(`${host.name}: left behind: ${left.trim().replaceAll('\n', ' ')}`)
  }
  return complaints
}
