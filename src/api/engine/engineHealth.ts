import type { Connection } from '@temporalio/client'

/** How Temporal is, and whether workers are there; without Temporal nobody knows that. */
export interface EngineHealth {
  readonly temporal: 'okay' | 'away'
  readonly workers: 'okay' | 'away' | 'unknown'
}

/** Whoever asks for health wants an answer soon. */
const deadlineMs = 2000
/**
 * Temporal forgets a poller after 5 minutes. One that lives comes back within 60 s, when its poll
 * has found nothing.
 */
const pollerMs = 90_000

interface TaskQueue {
  readonly connection: Connection
  readonly namespace: string
  readonly taskQueue: string
}

/**
 * When a worker last asked this queue for work, in ms since 1970; undefined when none has in the
 * last minutes.
 */
async function lastPoll(
  { connection, namespace, taskQueue }: TaskQueue,
  kind: 'WORKFLOW' | 'ACTIVITY',
): Promise<number | undefined> {
  const { pollers } = await connection.workflowService.describeTaskQueue({
    namespace,
    taskQueue: { name: taskQueue },
    taskQueueType: kind === 'WORKFLOW' ? 1 : 2,
  })
  const seen = (pollers ?? []).map(
    ({ lastAccessTime }) => Number(lastAccessTime?.seconds ?? 0) * 1000,
  )
  return seen.length === 0 ? undefined : Math.max(...seen)
}

/** What waits in a task queue. Rejects while Temporal is away. */
export async function backlogOf({ connection, namespace, taskQueue }: TaskQueue) {
  const of = async (kind: 'workflow' | 'activity') => {
    const { stats } = await connection.workflowService.describeTaskQueue({
      namespace,
      taskQueue: { name: taskQueue },
      taskQueueType: kind === 'workflow' ? 1 : 2,
      reportStats: true,
    })
    const { seconds = 0, nanos = 0 } = stats?.approximateBacklogAge ?? {}
    return {
      kind,
      tasks: Number(stats?.approximateBacklogCount ?? 0),
      ageSeconds: Number(seconds) + Number(nanos) / 1e9,
    }
  }
  return connection.withDeadline(Date.now() + deadlineMs, () =>
    Promise.all([of('workflow'), of('activity')]),
  )
}

/**
 * Asks Temporal who works for a task queue. Never throws. A worker that was killed counts for up to
 * 90 s more.
 */
export async function engineHealth(queue: TaskQueue): Promise<EngineHealth> {
  try {
    const polls = await queue.connection.withDeadline(Date.now() + deadlineMs, () =>
      Promise.all([lastPoll(queue, 'WORKFLOW'), lastPoll(queue, 'ACTIVITY')]),
    )
    // A worker whose places for activities are all taken goes on asking for workflows alone.
    const latest = Math.max(...polls.map((at) => at ?? 0))
    const there = !polls.includes(undefined) && Date.now() - latest < pollerMs
    return { temporal: 'okay', workers: there ? 'okay' : 'away' }
  } catch {
    return { temporal: 'away', workers: 'unknown' }
  }
}
