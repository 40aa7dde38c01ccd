import { Client, Connection, WorkflowExecutionAlreadyStartedError, WorkflowNotFoundError } from '@temporalio/client'
import { defineSearchAttributeKey } from '@temporalio/common'
import { loadClientConnectConfig } from '@temporalio/envconfig'
import { type HostFinding, lookActivity, lookSeconds } from '../plan/dryRun.ts'
import { searchAttributes } from '../plan/run.ts'
import type { Store } from '../store/index.ts'
import { engineHealth } from './engineHealth.ts'
import type { Workflows } from './launch.ts'

/** A request may wait this long for Temporal; what does not come in time is swept up later. */
const deadlineMs = 5000
/** A Temporal that is back is found again after this long; the channel's own pauses grow to 2 min. */
const reconnectMs = 5000

export interface TemporalOptions {
  readonly store: Pick<Store, 'tasks'>
  readonly taskQueue: string
  /** Where Temporal is; absent: what TEMPORAL_* and the Temporal profile say (@temporalio/envconfig). */
  readonly address?: string
}

const keyword = (name: string) => defineSearchAttributeKey(name, 'KEYWORD')

/** The engine as the API sees it: a client whose calls are bounded. */
export function connectTemporal({ store, taskQueue, address }: TemporalOptions): Workflows & { close(): Promise<void> } {
  const { connectionOptions, namespace = 'default' } = loadClientConnectConfig()
  const connection = Connection.lazy({
    ...connectionOptions,
    ...(address !== undefined && { address }),
    channelArgs: { 'grpc.max_reconnect_backoff_ms': reconnectMs },
  })
  const client = new Client({ connection, namespace })
  const soon = <T>(call: () => Promise<T>): Promise<T> => connection.withDeadline(Date.now() + deadlineMs, call)

  return {
    async tell({ taskId, workflow, workflowId, known, subject, clusterName, creator }) {
      const options = {
        taskQueue,
        workflowId,
        args: [{ taskId }],
        staticSummary: subject,
        typedSearchAttributes: [
          { key: keyword(searchAttributes.cluster), value: clusterName ?? '' },
          { key: keyword(searchAttributes.status), value: 'RUNNING' },
          { key: keyword(searchAttributes.creator), value: creator },
        ],
      }
      const signal = { signal: 'changed', signalArgs: [] }
      // A new run reads all there is; only one that may be under way has to be woken.
      if (known) await soon(() => client.workflow.signalWithStart(workflow, { ...options, ...signal }))
      else
        await soon(() => client.workflow.start(workflow, options)).catch(async (error: unknown) => {
          if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error
          await soon(() => client.workflow.signalWithStart(workflow, { ...options, ...signal }))
        })
    },
    async runs({ workflowId }) {
      try {
        const { status } = await soon(() => client.workflow.getHandle(workflowId).describe())
        return status.name === 'RUNNING'
      } catch (error) {
        if (error instanceof WorkflowNotFoundError) return false
        throw error
      }
    },
    async lookAtHosts(look) {
      const lookId = await store.tasks.looks.put(look)
      const limitMs = (lookSeconds + 5) * 1000
      // A standalone activity: a dry run is no workflow and fills no list of them.
      return connection.withDeadline(Date.now() + limitMs, () =>
        client.activity.execute<HostFinding[]>(lookActivity, {
          id: `dry-run-${look.cluster.name}-${lookId}`,
          taskQueue,
          args: [{ lookId }],
          scheduleToCloseTimeout: limitMs,
          startToCloseTimeout: (lookSeconds + 3) * 1000,
          retry: { maximumAttempts: 1 },
        }),
      )
    },
    health: () => engineHealth({ connection, namespace, taskQueue }),
    close: () => connection.close(),
  }
}
