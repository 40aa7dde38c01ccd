import { Gauge, type Registry } from 'prom-client'
import type { Store } from '../store/index.ts'

/** What waits in Temporal's task queue. */
export interface Backlog {
  readonly kind: 'workflow' | 'activity'
  readonly tasks: number
  /** Of the oldest of them. */
  readonly ageSeconds: number
}

export interface StockSources {
  readonly store: Pick<Store, 'workload'>
  /** Rejects while Temporal is away. */
  readonly backlog: () => Promise<readonly Backlog[]>
}

/**
 * Reads, whenever metrics are read, what there is in store and queue. All APIs of a stack say the
 * same here.
 */
export function countStock(registry: Registry, { store, backlog }: StockSources) {
  const registers = [registry]
  const tasks = new Gauge({
    name: 'obflow_tasks',
    help: 'Tasks by operation and status; open ones run, or wait for an operator.',
    labelNames: ['operation', 'status', 'open'],
    registers,
  })
  const subtasks = new Gauge({
    name: 'obflow_subtasks',
    help: 'Subtasks of open tasks by node and status.',
    labelNames: ['node', 'status'],
    registers,
  })
  const ended = new Gauge({
    name: 'obflow_task_seconds',
    help: 'Seconds that the tasks took which have ended well; divide it by their number.',
    labelNames: ['operation'],
    registers,
  })
  const waiting = new Gauge({
    name: 'obflow_queue_tasks',
    help: 'What waits in the task queue for a worker, about.',
    labelNames: ['kind'],
    registers,
  })
  const age = new Gauge({
    name: 'obflow_queue_age_seconds',
    help: 'How long the oldest of these has waited.',
    labelNames: ['kind'],
    registers,
  })
  const up = new Gauge({
    name: 'obflow_up',
    help: 'Whether a part answered when metrics were read.',
    labelNames: ['part'],
    registers,
  })

  const readStore = async (): Promise<void> => {
    const found = await store.workload()
    for (const metric of [tasks, subtasks, ended]) metric.reset()
    for (const { operation, status, open, count, seconds } of found.tasks) {
      tasks.inc({ operation, status, open: String(open) }, count)
      if (status === 'SUCCESSFUL') ended.inc({ operation }, seconds)
    }
    for (const { node, status, count } of found.subtasks) subtasks.set({ node, status }, count)
  }
  const readQueue = async (): Promise<void> => {
    for (const { kind, tasks: count, ageSeconds } of await backlog()) {
      waiting.set({ kind }, count)
      age.set({ kind }, ageSeconds)
    }
  }
  const part = async (name: string, read: () => Promise<void>, gone: () => void): Promise<void> => {
    const well = await read().then(
      () => true,
      () => false,
    )
    // A number of before would be read as one of now.
    if (!well) gone()
    up.set({ part: name }, well ? 1 : 0)
  }
  return async (): Promise<void> => {
    await Promise.all([
      part('store', readStore, () => {
        for (const metric of [tasks, subtasks, ended]) metric.reset()
      }),
      part('temporal', readQueue, () => {
        for (const metric of [waiting, age]) metric.reset()
      }),
    ])
  }
}
