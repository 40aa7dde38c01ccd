import { hostname } from 'node:os'
import { type ActivityInterceptorsFactory, type NativeConnection, Worker } from '@temporalio/worker'
import { lookAtHosts } from '../activities/index.ts'
import type { HostPool } from '../host/index.ts'
import type { Store } from '../store/index.ts'
import { taskBook } from './book.ts'
import type { WorkflowBundle } from './bundle.ts'
import { subtaskInterceptor } from './interceptor.ts'
import { bindNodes } from './nodes.ts'
import { runSpans } from './runSpans.ts'

export interface WorkerOptions {
  readonly connection: NativeConnection
  readonly namespace: string
  readonly taskQueue: string
  readonly store: Store
  readonly hosts: HostPool
  /** Activities at the same time; those that are more wait in Temporal. */
  readonly activities: number
  /** Run inside obflow's own; a fault test stops nodes with them at a chosen instant. */
  readonly interceptors?: readonly ActivityInterceptorsFactory[]
  /** The workflows, bundled by the same SDK. */
  readonly workflowBundle: WorkflowBundle
}

/**
 * Runs held in memory between their steps; one that is not is replayed from its history at its next
 * step.
 */
const maxCachedWorkflows = 100

/** A worker of obflow: all workflows and all nodes. Run it with `run()` or `runUntil()`. */
export const createWorker = ({
  connection,
  namespace,
  taskQueue,
  store,
  hosts,
  activities,
  interceptors = [],
  workflowBundle,
}: WorkerOptions): Promise<Worker> => {
  const nodes = bindNodes({ store, hosts })
  return Worker.create({
    connection,
    namespace,
    taskQueue,
    identity: `obflow@${hostname()}:${process.pid}`,
    workflowBundle,
    maxCachedWorkflows,
    activities: { ...nodes, ...taskBook(store), lookAtHosts: lookAtHosts({ store, hosts }) },
    interceptors: {
      activity: [subtaskInterceptor(store, new Set(Object.keys(nodes))), ...interceptors],
    },
    sinks: runSpans(store.tasks.trace),
    maxConcurrentActivityTaskExecutions: activities,
    // Cancellation and shutdown reach an activity with its heartbeats; they may pass often.
    maxHeartbeatThrottleInterval: '2s',
    defaultHeartbeatThrottleInterval: '2s',
    shutdownGraceTime: '5s',
  })
}
