import { hostname } from 'node:os'
import { fileURLToPath } from 'node:url'
import { type NativeConnection, Worker } from '@temporalio/worker'
import type { HostPool } from '../host/index.ts'
import type { Store } from '../store/index.ts'
import { subtaskInterceptor } from './interceptor.ts'
import { bindNodes } from './nodes.ts'

export interface WorkerOptions {
  readonly connection: NativeConnection
  readonly namespace: string
  readonly taskQueue: string
  readonly store: Store
  readonly hosts: HostPool
}

/** Activities at the same time in one worker; each holds a host's channel or a SQL session, not a core. */
const maxActivities = 200

/** A worker of obflow: all workflows and all nodes. Run it with `run()` or `runUntil()`. */
export const createWorker = ({ connection, namespace, taskQueue, store, hosts }: WorkerOptions): Promise<Worker> =>
  Worker.create({
    connection,
    namespace,
    taskQueue,
    identity: `obflow@${hostname()}:${process.pid}`,
    workflowsPath: fileURLToPath(new URL('../workflows/index.ts', import.meta.url)),
    activities: bindNodes({ store, hosts }),
    interceptors: { activity: [subtaskInterceptor(store)] },
    maxConcurrentActivityTaskExecutions: maxActivities,
    // Cancellation and shutdown reach an activity with its heartbeats; they may pass often.
    maxHeartbeatThrottleInterval: '2s',
    defaultHeartbeatThrottleInterval: '2s',
    shutdownGraceTime: '5s',
  })
