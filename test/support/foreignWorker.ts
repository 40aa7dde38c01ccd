import { setTimeout as pause } from 'node:timers/promises'
import { Client, Connection } from '@temporalio/client'
import { defaultPayloadConverter } from '@temporalio/common'
import { msToTs } from '@temporalio/common/lib/time.js'

interface Target {
  /** Where Temporal is. */
  readonly temporal: string
  readonly namespace: string
  readonly taskId: number
}

/** Numbers of Temporal's wire format. Source: temporal.api.enums.v1.CommandType. */
const normalQueue = 1
const command = {
  scheduleActivity: 1,
  startTimer: 3,
  completeWorkflow: 4,
  failWorkflow: 5,
} as const

const tenMinutes = msToTs('10 minutes')
const aCentury = msToTs('100 years')
const payloads = (...values: unknown[]) => ({
  payloads: values.map((value) => defaultPayloadConverter.toPayload(value)),
})
const failure = (nonRetryable: boolean) => ({
  message: 'of a stranger',
  applicationFailureInfo: { type: 'OBE10002', nonRetryable },
})

/** A state that no store has: all done, and newer than all that will ever be written. */
const forgedProgress = {
  revision: 1_000_000_000,
  task: { status: 'SUCCESSFUL', operation: 'EXECUTE' },
  complete: true,
  changes: Array.from({ length: 23 }, (_, index) => ({
    ...{ index, revision: 1_000_000_000, status: 'SUCCESSFUL', operation: 'EXECUTE', runTime: 1 },
  })),
}

const schedule = (activity: string, activityId: string, taskQueue: string, input: unknown) => ({
  commandType: command.scheduleActivity,
  scheduleActivityTaskCommandAttributes: {
    ...{
      activityId,
      activityType: { name: activity },
      taskQueue: { name: taskQueue },
      input: payloads(input),
    },
    ...{ startToCloseTimeout: tenMinutes, retryPolicy: { maximumAttempts: 2 } },
  },
})

/** As many as obflow's own worker has: else it would get next to nothing. */
const pollers = 5

export interface ForeignWorker {
  /** Whose activities and steps it answered instead of obflow's worker: ids of workflows. */
  readonly answered: readonly string[]
  stop(): Promise<void>
}

/** What is common to what both kinds of polls bring. */
interface Polled {
  readonly taskToken?: Uint8Array | null
  readonly workflowExecution?: { readonly workflowId?: string | null } | null
}

type Answer = (taskToken: Uint8Array) => Promise<unknown>

/** Of temporal.api.enums.v1.TaskQueueType: workflows' steps, and activities. */
const queueTypes = [1, 2] as const

/**
 * A worker of a stranger's: what it takes from obflow's queue it answers with lies, or never.
 * Resolves when Temporal lists it among those that poll.
 */
export async function startForeignWorker(
  { temporal, namespace, taskId }: Target,
  taskQueue: string,
): Promise<ForeignWorker> {
  const connection = await Connection.connect({ address: temporal })
  const { workflowService: service } = new Client({ connection, namespace })
  const queue = {
    namespace,
    taskQueue: { name: taskQueue, kind: normalQueue },
    identity: 'a stranger',
  }
  const answered: string[] = []
  let stopped = false

  const activityAnswers: (Answer | 'held')[] = [
    (taskToken) =>
      service.respondActivityTaskCompleted({ namespace, taskToken, result: payloads({}) }),
    (taskToken) =>
      service.respondActivityTaskFailed({ namespace, taskToken, failure: failure(true) }),
    (taskToken) =>
      service.respondActivityTaskCompleted({
        namespace,
        taskToken,
        result: payloads(forgedProgress),
      }),
    async (taskToken) => {
      const details = payloads({ spentMs: 1e9, at: Date.now(), counts: true, progress: 'x' })
      await service.recordActivityTaskHeartbeat({ namespace, taskToken, details })
      await service.respondActivityTaskFailed({ namespace, taskToken, failure: failure(false) })
    },
    'held',
    (taskToken) =>
      service.respondActivityTaskCompleted({ namespace, taskToken, result: payloads('x') }),
  ]
  const step = (taskToken: Uint8Array, commands: object[]) =>
    service.respondWorkflowTaskCompleted({ namespace, taskToken, identity: 'a stranger', commands })
  const stepAnswers: (Answer | 'held')[] = [
    (taskToken) =>
      service.respondWorkflowTaskFailed({ namespace, taskToken, failure: failure(false) }),
    (taskToken) =>
      step(taskToken, [
        {
          commandType: command.startTimer,
          startTimerCommandAttributes: { timerId: 'never', startToFireTimeout: aCentury },
        },
        schedule('cleanObserverHost', 'clean', taskQueue, {
          taskId,
          subtaskId: 1,
          runTime: 1,
          since: 0,
        }),
      ]),
    (taskToken) =>
      step(taskToken, [
        { commandType: command.completeWorkflow, completeWorkflowExecutionCommandAttributes: {} },
      ]),
    'held',
    (taskToken) =>
      step(taskToken, [
        {
          commandType: command.failWorkflow,
          failWorkflowExecutionCommandAttributes: { failure: failure(true) },
        },
      ]),
  ]

  /** Takes one after the other, and answers the first in the first way, the next in the next. */
  const loopOver = (poll: () => Promise<Polled>, answers: readonly (Answer | 'held')[]) => {
    let taken = 0
    const one = async (): Promise<void> => {
      const { taskToken, workflowExecution } = await poll()
      if (!taskToken?.length || stopped) return
      const answer = answers[taken++ % answers.length]
      if (answer === undefined || answer === 'held') return
      await answer(taskToken)
      answered.push(workflowExecution?.workflowId ?? '')
    }
    const loop = async (): Promise<void> => {
      while (!stopped)
        await connection.withDeadline(Date.now() + 20_000, one).catch(() => undefined)
    }
    return Array.from({ length: pollers }, loop)
  }
  const loops = [
    ...loopOver(() => service.pollActivityTaskQueue(queue), activityAnswers),
    ...loopOver(() => service.pollWorkflowTaskQueue(queue), stepAnswers),
  ]
  const isListed = async (taskQueueType: (typeof queueTypes)[number]): Promise<boolean> => {
    const { pollers: listed } = await service.describeTaskQueue({
      ...{ namespace, taskQueue: { name: taskQueue }, taskQueueType },
    })
    return listed?.some(({ identity }) => identity === queue.identity) ?? false
  }
  for (const type of queueTypes) while (!(await isListed(type))) await pause(200)
  return {
    answered,
    async stop() {
      stopped = true
      await Promise.all(loops)
      await connection.close()
    },
  }
}

/** A node of the task, as whoever has read the source knows it. */
export interface KnownNode {
  readonly subtaskId: number
  readonly activities: readonly string[]
}

interface Place {
  readonly workflowId: string
  /** The queue that obflow's worker takes work from. */
  readonly obflowQueue: string
  readonly nodes: readonly KnownNode[]
}

/**
 * Puts a workflow of its own in the place of the task's: under the task's own id it has obflow's
 * worker do every node and every undo, each twice at once, and say that all have failed.
 */
export async function takeThePlaceOf(
  { temporal, namespace, taskId }: Target,
  { workflowId, obflowQueue, nodes }: Place,
): Promise<number> {
  const connection = await Connection.connect({ address: temporal })
  try {
    const client = new Client({ connection, namespace })
    const taskQueue = 'stranger'
    const conflict = { workflowIdConflictPolicy: 'TERMINATE_EXISTING' } as const
    await client.workflow.start('stranger', { taskQueue, workflowId, args: [], ...conflict })
    const service = client.workflowService
    const { taskToken } = await connection.withDeadline(Date.now() + 30_000, () =>
      service.pollWorkflowTaskQueue({
        namespace,
        taskQueue: { name: taskQueue },
        identity: 'a stranger',
      }),
    )
    const commands = nodes.flatMap(({ subtaskId, activities }) =>
      [...activities, 'subtaskFailed'].flatMap((activity) =>
        [1, 2].map((round) => {
          const forged = {
            cancelled: round === 2,
            cause: { code: 'OBE10002', message: 'of a stranger' },
          }
          const input = { taskId, subtaskId, runTime: 1, since: 0, ...forged }
          return schedule(activity, `${activity}-${subtaskId}-${round}`, obflowQueue, input)
        }),
      ),
    )
    await service.respondWorkflowTaskCompleted({
      namespace,
      taskToken,
      identity: 'a stranger',
      commands,
    })
    return commands.length
  } finally {
    await connection.close()
  }
}
