import { eq, sql } from 'drizzle-orm'
import { z } from 'zod'
import { expand, type PlannedSubtask } from '../plan/expand.ts'
import type { Progress, StoredState } from '../plan/run.ts'
import { initialState, type SubtaskState, type TaskOperation } from '../plan/states.ts'
import { type Change, createTask, type Task as Machine } from '../plan/task.ts'
import type { Db } from './db.ts'
import type { Task } from './newTask.ts'
import { inChunks, theRow } from './rows.ts'
import * as schema from './schema/index.ts'
import { storable } from './storable.ts'

const { subtasks, tasks } = schema

/** Plans and targets of a task never change, so what they expand to is kept for the latest ones. */
const expanded = new Map<string, readonly PlannedSubtask[]>()
const maxExpanded = 50

function plannedOf({ workflowId, id, plan, targets, createTime }: Task): readonly PlannedSubtask[] {
  const key = `${workflowId} ${id} ${createTime.getTime()}`
  const known = expanded.get(key)
  if (known) return known
  const oldest = expanded.keys().next().value
  if (expanded.size >= maxExpanded && oldest !== undefined) expanded.delete(oldest)
  const planned = expand(plan, targets)
  expanded.set(key, planned)
  return planned
}

const states = z.array(z.tuple([z.enum(schema.subtaskStatuses), z.enum(schema.operations), z.int()]))

/** The states of a task's subtasks, in order, as one value: of thousands that is read fastest. */
async function statesOf(tx: Db, taskId: number): Promise<SubtaskState[]> {
  const { status, operation, runTime, index } = subtasks
  const rows = await tx
    .select({
      all: sql<string>`coalesce(json_agg(json_build_array(${status}, ${operation}, ${runTime})
        order by ${index}), '[]')::text`,
    })
    .from(subtasks)
    .where(eq(subtasks.taskId, taskId))
  return states
    .parse(JSON.parse(theRow(rows, `task ${taskId}`).all))
    .map(([status, operation, runTime]) => ({ status, operation, runTime }))
}

export interface OpenMachine {
  readonly row: Task
  readonly planned: readonly PlannedSubtask[]
  readonly machine: Machine
}

/** A task's state machine with its stored states; the task is locked to the end of the transaction. */
export async function openMachine(tx: Db, taskId: number): Promise<OpenMachine | undefined> {
  const row = (await tx.select().from(tasks).where(eq(tasks.id, taskId)).for('update'))[0]
  if (row === undefined) return undefined
  const planned = plannedOf(row)
  const state = { status: row.status, operation: machineOperation(row.operation) }
  const machine = createTask(planned, row.plan, { state, subtasks: await statesOf(tx, taskId) })
  return { row, planned, machine }
}

/** A task is never in the operations that only subtasks have. */
const machineOperation = (operation: Task['operation']): TaskOperation =>
  operation === 'RETRY' || operation === 'ROLLBACK' ? operation : 'EXECUTE'

/** Writes what the machine changed, under the task's next revision; the last change of each counts. */
export async function writeChanges(
  tx: Db,
  { row, machine }: OpenMachine,
  changes: readonly Change[],
  { accepted = false, at = new Date() }: { readonly accepted?: boolean; readonly at?: Date } = {},
): Promise<Progress> {
  const revision = row.revision + 1
  const { status, operation } = machine.state
  await tx
    .update(tasks)
    .set({
      status,
      operation,
      revision,
      finishTime: status === 'SUCCESSFUL' ? (row.finishTime ?? at) : null,
      ...(accepted && { acceptedRevision: revision }),
    })
    .where(eq(tasks.id, row.id))
  const latest = new Map(changes.map((change) => [change.index, change.state]))
  const written = [...latest].map(([index, state]): StoredState => ({ ...storedState(state), index, revision }))
  await inChunks(written, (chunk) => tx.execute(update(row, chunk, at)))
  return { revision, task: machine.state, complete: false, changes: written }
}

const storedState = ({ cause, ...state }: SubtaskState): SubtaskState => ({
  ...state,
  ...(cause && { cause: storable(cause) }),
})

const update = ({ id, firstSubtaskId }: Task, changes: readonly StoredState[], at: Date) => sql`
  update subtasks s set
    status = c.status, operation = c.operation, run_time = c."runTime", cause = c.cause,
    revision = c.revision, last_message = null,
    attempt = case when c.status in ('READY', 'PENDING') then 0 else s.attempt end,
    start_time = case
      when c.status = 'READY' then null
      when c.status = 'SUCCESSFUL' then coalesce(s.start_time, ${at.toISOString()}::timestamptz)
      else s.start_time end,
    finish_time = case
      when c.status in ('READY', 'CANCELING') then null
      else coalesce(s.finish_time, ${at.toISOString()}::timestamptz) end
  from jsonb_to_recordset(${JSON.stringify(changes)}::jsonb)
    as c(index int, status text, operation text, "runTime" int, cause jsonb, revision int)
  where s.id = ${firstSubtaskId} + c.index and s.task_id = ${id}`

/** A subtask's first state is left out of what travels. */
export const hasBegun = ({ status, operation, runTime }: SubtaskState): boolean =>
  status !== initialState.status || operation !== initialState.operation || runTime !== initialState.runTime
