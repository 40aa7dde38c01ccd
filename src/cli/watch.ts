import { changeLines } from './changes.ts'
import type { ApiClient, Reply } from './client.ts'
import { failureLines } from './failures.ts'
import { createScreen, type Output } from './screen.ts'
import type { Task } from './taskSchema.ts'
import { taskStates } from './taskStates.ts'
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
  /** Whether to colour what a terminal shows; as NO_COLOR and TERM say when absent. */
  readonly color?: boolean
  /** Takes what is not about the run; standard error without it. */
  readonly warn?: (text: string) => void
}

/** A terminal is drawn again this often: what is under way takes longer and longer. */
const redrawMs = 250
const defaultSize = { columns: 100, rows: 40 }

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
  color = out.isTTY === true && !env.NO_COLOR && env.TERM !== 'dumb',
  warn = (text) => void process.stderr.write(`${text}\n`),
}: WatchOptions): Promise<Task> {
  const show = out.isTTY ? redrawn(out, color, client.url) : logged(out, client.url)
  let last: { readonly reply: Reply<Task>; readonly seen: number } | undefined
  const redraw = (): void => {
    if (!last) return
    const { reply, seen } = last
    show({ ...reply, at: new Date(reply.at.getTime() + Date.now() - seen) }, false)
  }
  const timer = out.isTTY ? setInterval(redraw, redrawMs) : undefined
  try {
    for await (const reply of taskStates({ client, taskId, signal, warn })) {
      signal?.throwIfAborted()
      last = { reply, seen: Date.now() }
      const { status } = reply.data
      const ended = status === 'SUCCESSFUL' || (status === 'FAILED' && !follow)
      show(reply, ended)
      if (ended) return reply.data
      signal?.throwIfAborted()
    }
    throw new Error('a task is told until it ends')
  } finally {
    clearInterval(timer)
  }
}

type Show = (reply: Reply<Task>, last: boolean) => void

function redrawn(out: Output, color: boolean, url: string): Show {
  const screen = createScreen(out)
  return ({ data, at }, last) => {
    const { columns, rows } = {
      columns: out.columns ?? defaultSize.columns,
      rows: out.rows ?? defaultSize.rows,
    }
    // The last frame is not drawn over, so it may be taller than the screen.
    screen.draw(
      renderTask(data, { now: at, width: columns, color, url, ...(!last && { height: rows - 1 }) }),
    )
  }
}

function logged(out: Output, url: string): Show {
  let before: Task | undefined
  return ({ data, at }) => {
    const lines = changeLines(before, data, { now: at, color: false })
    const failed =
      data.status === 'FAILED' && before?.status !== 'FAILED'
        ? failureLines(data, { paint: painter(false), width: defaultSize.columns, url })
        : []
    before = data
    for (const line of [...lines, ...failed]) out.write(`${line}\n`)
  }
}
