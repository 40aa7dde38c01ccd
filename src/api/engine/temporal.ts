import {
  Client,
  Connection,
  WorkflowExecutionAlreadyStartedError,
  type WorkflowExecutionDescription,
  WorkflowNotFoundError,
} from '@temporalio/client'
import { defineSearchAttributeKey } from '@temporalio/common'
import { loadClientConnectConfig } from '@temporalio/envconfig'
import { z } from 'zod'
import { said } from '../../errors/saidShape.ts'
import type { HostFinding } from '../../oceanbase/index.ts'
import { lookActivity, lookSeconds } from '../../plan/dryRun.ts'
import { searchAttributes } from '../../plan/run.ts'
import type { Store, Untold } from '../../store/index.ts'
import { backlogOf, engineHealth } from './engineHealth.ts'
import type { Workflows } from './launch.ts'
import type { RunLook } from './stalled.ts'

/** A request may wait this long for Temporal; what does not come in time is swept up later. */
const deadlineMs = 5000
/**
 * A Temporal that is back is found again after this long; the channel's own pauses grow to 2 min.
 */
const reconnectMs = 5000

export interface TemporalOptions {
  readonly store: Pick<Store, 'tasks'>
  readonly taskQueue: string
  /**
   * Where Temporal is; absent: what TEMPORAL_* and the Temporal profile say
   * (@temporalio/envconfig).
   */
  readonly address?: string
  /** Where the console is; a run's page in Temporal Web UI leads to its task there. */
  readonly console?: string | undefined
}

/** Whoever reaches Temporal may answer for a worker. */
const hostFindings: z.ZodType<HostFinding[]> = z.array(
  z.object({
    code: z.string(),
    item: said,
    level: z.enum(['FATAL', 'WARN']),
    message: said,
    advice: said,
    hostId: z.int(),
    host: z.string(),
  }),
)

/** What a run is about to do; undefined when it has ended. */
function lookOf(
  found: WorkflowExecutionDescription,
  workflow: string,
  taskQueue: string,
): RunLook | undefined {
  const { raw, runId, status, historyLength } = found
  if (status.name !== 'RUNNING' && status.name !== 'PAUSED') return undefined
  const own = (raw.pendingActivities ?? []).filter(({ paused, activityOptions }) => {
    const queue = activityOptions?.taskQueue?.name
    return !paused && (queue === undefined || queue === null || queue === taskQueue)
  })
  return {
    runId,
    events: historyLength,
    foreign: found.type !== workflow || found.taskQueue !== taskQueue,
    paused: status.name === 'PAUSED',
    stepAttempt: raw.pendingWorkflowTask?.attempt ?? undefined,
    pending: own.map(({ activityType }) => activityType?.name ?? ''),
  }
}

const keyword = (name: string) => defineSearchAttributeKey(name, 'KEYWORD')

/** The engine as the API sees it: a client whose calls are bounded. */
export function connectTemporal({
  store,
  taskQueue,
  address,
  console: pages,
}: TemporalOptions): Workflows & {
  /** What waits for workers. Rejects while Temporal is away. */
  backlog(): ReturnType<typeof backlogOf>
  close(): Promise<void>
} {
  const { connectionOptions, namespace = 'default' } = loadClientConnectConfig()
  const connection = Connection.lazy({
    ...connectionOptions,
    ...(address !== undefined && { address }),
    channelArgs: { 'grpc.max_reconnect_backoff_ms': reconnectMs },
  })
  const client = new Client({ connection, namespace })
  const soon = <T>(call: () => Promise<T>): Promise<T> =>
    connection.withDeadline(Date.now() + deadlineMs, call)

  const optionsOf = ({ taskId, workflowId, subject, clusterName, creator }: Untold) => ({
    taskQueue,
    workflowId,
    args: [{ taskId }],
    staticSummary: subject,
    ...(pages !== undefined && {
      staticDetails: `[Task ${taskId} in obflow](${pages}/tasks/${taskId})`,
    }),
    typedSearchAttributes: [
      { key: keyword(searchAttributes.cluster), value: clusterName ?? '' },
      { key: keyword(searchAttributes.status), value: 'RUNNING' },
      { key: keyword(searchAttributes.creator), value: creator },
    ],
  })

  return {
    async tell(task) {
      const { workflow } = task
      const options = optionsOf(task)
      const signal = { signal: 'changed', signalArgs: [] }
      // A new run reads all there is; only one that may be under way has to be woken.
      if (task.known)
        await soon(() => client.workflow.signalWithStart(workflow, { ...options, ...signal }))
      else
        await soon(() => client.workflow.start(workflow, options)).catch(async (error: unknown) => {
          if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error
          await soon(() => client.workflow.signalWithStart(workflow, { ...options, ...signal }))
        })
    },
    async replace(task) {
      const conflict = { workflowIdConflictPolicy: 'TERMINATE_EXISTING' } as const
      await soon(() => client.workflow.start(task.workflow, { ...optionsOf(task), ...conflict }))
    },
    async run({ workflowId, workflow }) {
      try {
        const found = await soon(() => client.workflow.getHandle(workflowId).describe())
        return lookOf(found, workflow, taskQueue)
      } catch (error) {
        if (error instanceof WorkflowNotFoundError) return undefined
        throw error
      }
    },
    async lookAtHosts(look) {
      const lookId = await store.tasks.looks.put(look)
      const limitMs = (lookSeconds + 5) * 1000
      // A standalone activity: a dry run is no workflow and fills no list of them.
      const found = await connection.withDeadline(Date.now() + limitMs, () =>
        client.activity.execute(lookActivity, {
          id: `dry-run-${look.cluster.name}-${lookId}`,
          taskQueue,
          args: [{ lookId }],
          scheduleToCloseTimeout: limitMs,
          startToCloseTimeout: (lookSeconds + 3) * 1000,
          retry: { maximumAttempts: 1 },
        }),
      )
      return hostFindings.parse(found)
    },
    health: () => engineHealth({ connection, namespace, taskQueue }),
    backlog: () => backlogOf({ connection, namespace, taskQueue }),
    close: () => connection.close(),
  }
}
