import { Client, Connection, WorkflowExecutionAlreadyStartedError } from '@temporalio/client'
import { defineSearchAttributeKey } from '@temporalio/common'
import { loadClientConnectConfig } from '@temporalio/envconfig'
import { dryRunWorkflow, type HostFinding, lookSeconds } from '../plan/dryRun.ts'
import { isWorkflow, searchAttributes, workflowId } from '../plan/run.ts'
import type { Store } from '../store/index.ts'
import { askRun } from './ask.ts'
import { engineHealth } from './engineHealth.ts'
import type { Workflows } from './launch.ts'

/** A request may wait this long for Temporal; what does not come in time is answered as unavailable, or swept up later. */
const deadlineMs = 5000
/** A Temporal that is back is found again after this long at most; the channel's own pauses grow to 2 minutes. */
const reconnectMs = 5000

export interface TemporalOptions {
  readonly store: Store
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

  return {
    async start({ workflow, taskId }) {
      if (!isWorkflow(workflow)) throw new TypeError(`no workflow is called ${workflow}`)
      const run = await store.tasks.run(taskId)
      try {
        await connection.withDeadline(Date.now() + deadlineMs, () =>
          client.workflow.start(workflow, {
            taskQueue,
            workflowId: workflowId(workflow, taskId),
            args: [run],
            // A task runs once: neither a running nor a finished one is started again.
            workflowIdReusePolicy: 'REJECT_DUPLICATE',
            staticSummary: run.clusterName ?? run.hosts.map(({ ip }) => ip).join(' '),
            typedSearchAttributes: [
              { key: keyword(searchAttributes.cluster), value: run.clusterName ?? '' },
              { key: keyword(searchAttributes.status), value: 'RUNNING' },
              { key: keyword(searchAttributes.creator), value: run.creator },
            ],
          }),
        )
      } catch (error) {
        if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error
      }
    },
    ask({ workflow, taskId }, what) {
      if (!isWorkflow(workflow)) throw new TypeError(`no workflow is called ${workflow}`)
      return connection.withDeadline(Date.now() + deadlineMs, () => askRun(client, workflowId(workflow, taskId), what))
    },
    async lookAtHosts(look, { id, creator }) {
      const limitMs = (lookSeconds + 5) * 1000
      return connection.withDeadline(Date.now() + limitMs, () =>
        client.workflow.execute<(given: typeof look) => Promise<HostFinding[]>>(dryRunWorkflow, {
          taskQueue,
          workflowId: `dry-run-${id}`,
          args: [look],
          workflowExecutionTimeout: limitMs,
          staticSummary: `${look.cluster.name}, only asked about`,
          typedSearchAttributes: [
            { key: keyword(searchAttributes.cluster), value: look.cluster.name },
            { key: keyword(searchAttributes.creator), value: creator },
          ],
        }),
      )
    },
    health: () => engineHealth({ connection, namespace, taskQueue }),
    close: () => connection.close(),
  }
}
