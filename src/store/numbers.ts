import { sql } from 'drizzle-orm'
import type { Db } from './db.ts'
import { prepared } from './prepared.ts'
import { theRow } from './rows.ts'
import { sequences } from './schema/columns.ts'

/** The ids of a new task. */
export interface TaskNumbers {
  readonly id: number
  /** Its subtasks have consecutive ids from here. */
  readonly firstSubtaskId: number
}

const next = (sequence: string) => sql<number>`nextval(${sql.raw(`'${sequence}'`)})::integer`

const ofTask = {
  id: next(sequences.tasks),
  first: sql<number>`min(id)`,
  last: sql<number>`max(id)`,
}
const subtaskIds = sql`(
  select ${next(sequences.subtasks)} as id
  from generate_series(1, ${sql.placeholder('subtasks')}::integer)
) as subtask_ids`

const takingTask = prepared((db) => db.select(ofTask).from(subtaskIds).prepare('obflow_take_task'))
const takingClusterAndTask = prepared((db) =>
  db
    .select({ ...ofTask, clusterId: next(sequences.clusters) })
    .from(subtaskIds)
    .prepare('obflow_take_cluster_and_task'),
)

/** Takes again while another took some of the subtasks' numbers in between, which takes luck. */
async function inARow<Taken extends { readonly first: number; readonly last: number }>(
  subtasks: number,
  take: () => Promise<readonly Taken[]>,
): Promise<Taken> {
  for (;;) {
    const taken = theRow(await take(), 'a number')
    if (taken.last - taken.first === subtasks - 1) return taken
  }
}

/**
 * Takes numbers. Nobody waits for it, for none is given back: one that was taken for what is then
 * refused leaves a gap.
 */
export const take = {
  async task(tx: Db, subtasks: number): Promise<TaskNumbers> {
    const { id, first } = await inARow(subtasks, () => takingTask(tx).execute({ subtasks }))
    return { id, firstSubtaskId: first }
  },
  /** Of a cluster and of the task that makes it. */
  async clusterAndTask(
    tx: Db,
    subtasks: number,
  ): Promise<{ readonly clusterId: number; readonly numbers: TaskNumbers }> {
    const { clusterId, id, first } = await inARow(subtasks, () =>
      takingClusterAndTask(tx).execute({ subtasks }),
    )
    return { clusterId, numbers: { id, firstSubtaskId: first } }
  },
}
