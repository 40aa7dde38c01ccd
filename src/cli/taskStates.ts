import { setTimeout as sleep } from 'node:timers/promises'
import { type ApiClient, ApiError, type Reply, UnreachableError } from './client.ts'
import { type Task, taskChanges, taskSchema } from './taskSchema.ts'

const pollMs = 250
/** An API that restarts is waited for. */
const patienceMs = 60_000
/** A stream that broke is opened again after this. */
const pauseMs = 1000

export interface StatesOptions {
  readonly client: ApiClient
  readonly taskId: number
  readonly signal?: AbortSignal | undefined
  readonly warn: (text: string) => void
}

/** No answer, or an API that says that its store is away or that it is asked too often. */
const mayPass = (error: unknown): boolean =>
  error instanceof UnreachableError ||
  (error instanceof ApiError && (error.status === 503 || error.status === 429))

/** Tells whether to go on after an error; throws it once the API was away for a minute. */
function patience() {
  let lastAnswer: number | undefined
  return {
    answered: () => {
      lastAnswer = Date.now()
    },
    orThrow(error: unknown): void {
      const gone = lastAnswer === undefined || Date.now() - lastAnswer > patienceMs
      if (gone || !mayPass(error)) throw error
    },
  }
}

const pathOf = (taskId: number): string => `/api/v2/tasks/instances/${taskId}`

/** A task each time it is asked for. Says `why` it is asked once there is an answer. */
async function* polled(
  { client, taskId, signal, warn }: StatesOptions,
  why: string,
): AsyncGenerator<Reply<Task>> {
  const { answered, orThrow } = patience()
  let said = false
  for (;;) {
    const reply = await client.get(pathOf(taskId), taskSchema).catch(orThrow)
    signal?.throwIfAborted()
    if (reply) {
      answered()
      if (!said) warn(why)
      said = true
      yield reply
    }
    await sleep(pollMs, undefined, signal && { signal })
  }
}

function withChanges(task: Task, { task: state, subtasks }: ReturnType<typeof taskChanges.parse>) {
  const changed = new Map(subtasks.map((subtask) => [subtask.id, subtask]))
  return {
    ...task,
    ...state,
    subtasks: task.subtasks.map((subtask) => changed.get(subtask.id) ?? subtask),
  }
}

/** Whether an API that answered has no stream of this task, or no room for one. */
const hasNoStream = (error: unknown): error is ApiError =>
  error instanceof ApiError && ![401, 403].includes(error.status) && error.code !== 'TSK10001'

/**
 * A task as it goes on, told by the API: each state that it is told of, and the state again after a
 * stream was cut. An API that has no stream is asked again and again.
 */
export async function* taskStates(options: StatesOptions): AsyncGenerator<Reply<Task>> {
  const { client, taskId, signal } = options
  const { answered, orThrow } = patience()
  let task: Task | undefined
  let after: string | undefined
  for (;;) {
    try {
      for await (const { event, id, data, at } of client.follow(`${pathOf(taskId)}/events`, {
        ...(after !== undefined && { after }),
        ...(signal && { signal }),
      })) {
        answered()
        after = id
        if (event === 'task') task = taskSchema.parse(data)
        else if (event === 'changes' && task) task = withChanges(task, taskChanges.parse(data))
        if (task) yield { data: task, at }
      }
    } catch (error) {
      signal?.throwIfAborted()
      if (hasNoStream(error)) {
        const why = `The API tells no events (${error.message}). It is asked every ${pollMs} ms instead.`
        return yield* polled(options, why)
      }
      orThrow(error)
    }
    await sleep(pauseMs, undefined, signal && { signal })
  }
}
