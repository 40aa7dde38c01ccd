import type { Context } from './command.ts'
import type { Outcome } from './exitCodes.ts'
import type { Task } from './taskSchema.ts'
import { watchTask } from './watch.ts'

/** What a task's end means; a rollback is a success only for who asked for one. */
export function outcomeOf({ status, operation }: Task, wanted: 'work' | 'rollback'): Outcome {
  if (status !== 'SUCCESSFUL') return 'failed'
  return operation === 'ROLLBACK' && wanted === 'work' ? 'rolledBack' : 'done'
}

interface Waiting {
  readonly wanted?: 'work' | 'rollback'
  /** Go on after a failure, to see it mended. */
  readonly follow?: boolean
}

const silent = { write: () => undefined }

/** Shows a task until it ends, and says how it ended. */
export async function waitFor(
  context: Context,
  taskId: number,
  { wanted = 'work', follow = false }: Waiting = {},
): Promise<Outcome> {
  const task = await watchTask({
    client: await context.client(),
    taskId,
    out: context.quiet ? silent : context.stdout,
    color: context.color,
    follow,
    warn: context.note,
  })
  return outcomeOf(task, wanted)
}
