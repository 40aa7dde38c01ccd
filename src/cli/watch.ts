import { setTimeout as sleep } from 'node:timers/promises'
import { changeLines } from './changes.ts'
import { type ApiClient, ApiError, type Reply, UnreachableError } from './client.ts'
import { failureLines } from './failures.ts'
import { createScreen, type Output } from './screen.ts'
import { type Task, taskSchema } from './taskSchema.ts'
import { renderTask } from './taskView.ts'
import { painter } from './text.ts'

export interface WatchOptions {
  readonly client: ApiClient
  readonly taskId: number
  readonly out?: Output
  /** Go on after the task failed, to see it being mended. */
  readonly follow?: boolean
  readonly signal?: AbortSignal
  /** NO_COLOR and TERM are looked up here. */
  readonly env?: NodeJS.ProcessEnv
}

const pollMs = 250
/** An API that restarts is waited for. */
const patienceMs = 60_000
const defaultSize = { columns: 100, rows: 40 }

/** No answer, or an API that says that its store is away or that it is asked too often. */
const mayPass = (error: unknown): boolean =>
  error instanceof UnreachableError ||
  (error instanceof ApiError && (error.status === 503 || error.status === 429))

/**
 * Shows a run until it ends, and returns it as it ended: redrawn in place on a terminal, else one
 * line for each change of state. Fails with ApiError, with UnreachableError when the API is gone
 * for a minute, with an AbortError when told to stop.
 */
export async function watchTask({
  client,
  taskId,
  out = process.stdout,
  follow = false,
  signal,
  env = process.env,
}: WatchOptions): Promise<Task> {
  const color = out.isTTY === true && !env.NO_COLOR && env.TERM !== 'dumb'
  const show = out.isTTY ? redrawn(out, color) : logged(out)
  let lastAnswer: number | undefined
  for (;;) {
    const reply = await client
      .get(`/api/v2/tasks/instances/${taskId}`, taskSchema)
      .catch((error: unknown) => {
        const gone = lastAnswer === undefined || Date.now() - lastAnswer > patienceMs
        if (gone || !mayPass(error)) throw error
        return undefined
      })
    signal?.throwIfAborted()
    if (reply) {
      lastAnswer = Date.now()
      const ended =
        reply.data.status === 'SUCCESSFUL' || (reply.data.status === 'FAILED' && !follow)
      show(reply, ended)
      if (ended) return reply.data
    }
    await sleep(pollMs, undefined, signal && { signal })
  }
}

type Show = (reply: Reply<Task>, last: boolean) => void

function redrawn(out: Output, color: boolean): Show {
  const screen = createScreen(out)
  return ({ data, at }, last) => {
    const { columns, rows } = {
      columns: out.columns ?? defaultSize.columns,
      rows: out.rows ?? defaultSize.rows,
    }
    // The last frame is not drawn over, so it may be taller than the screen.
    screen.draw(
      renderTask(data, { now: at, width: columns, color, ...(!last && { height: rows - 1 }) }),
    )
  }
}

function logged(out: Output): Show {
  let before: Task | undefined
  return ({ data, at }) => {
    const lines = changeLines(before, data, { now: at, color: false })
    const failed =
      data.status === 'FAILED' && before?.status !== 'FAILED'
        ? failureLines(data, painter(false), defaultSize.columns)
        : []
    before = data
    for (const line of [...lines, ...failed]) out.write(`${line}\n`)
  }
}
