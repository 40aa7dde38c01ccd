import type { Said } from '../errors/say.ts'
import {
  answered,
  type Db,
  insertTask,
  type Keys,
  remember,
  type TaskWithSubtasks,
} from '../store/acceptance.ts'
import { traces } from '../traces.ts'
import type { Asked, Operation, Work } from './operation.ts'

export interface Accepted {
  /** The task that ends when all is done. */
  readonly task: TaskWithSubtasks
  /** What becomes of the request; mostly that task alone. */
  readonly tasks: readonly TaskWithSubtasks[]
  /** The same request had been accepted before, under the same client token. */
  readonly again: boolean
  readonly note?: Said
}

/**
 * Accepts any operation, in the transaction given: what it makes or reserves is written, with its
 * tasks; or Refused is thrown, and the transaction has to leave nothing.
 */
export async function accept<Request>(
  tx: Db,
  keys: Keys,
  { name, accept, together }: Operation<string, Request>,
  { request, creator, traceId, clientToken }: Asked<Request>,
): Promise<Accepted> {
  const trace = traces.tracer()?.current()
  const before = clientToken && (await answered(tx, keys, creator.id, clientToken))
  if (before !== undefined) return { task: before, tasks: [before], again: true }
  const works = await accept({ tx, keys, request, creator })
  const tasks: TaskWithSubtasks[] = []
  const insert = async (workflow: string, { made, afterwards, note: _, ...work }: Work) => {
    const task = await insertTask(tx, { ...work, workflow, creator, traceId, trace }, made)
    await afterwards?.(task.id)
    return task
  }
  for (const work of works) tasks.push(await insert(name, work))
  const several = tasks.length > 1 ? together?.(tasks) : undefined
  const task = several ? await insert(several.of.name, several.work) : tasks[0]
  if (task === undefined) throw new Error(`${name} accepted nothing`)
  if (clientToken) await remember(tx, keys, creator.id, clientToken, task.id)
  const note = works.find((work) => work.note)?.note
  return { task, tasks, again: false, ...(note && { note }) }
}
