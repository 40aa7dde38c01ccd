import { and, eq, getTableColumns, sql } from 'drizzle-orm'
import { z } from 'zod'
import { expand, type PlannedSubtask } from '../plan/expand.ts'
import type { Progress, StoredState } from '../plan/run.ts'
import { initialState, type SubtaskState, type TaskOperation } from '../plan/states.ts'
import { type Change, createTask, type Task as Machine } from '../plan/task.ts'
import type { Db } from './db.ts'
import { inOneValue, insertionOfLines, type NewLogLine } from './logLines.ts'
import type { Task } from './newTask.ts'
import { prepared } from './prepared.ts'
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

const states = z.array(
  z.tuple([z.enum(schema.subtaskStatuses), z.enum(schema.operations), z.int()]),
)

/** The states of a task's subtasks, in order, as one value: of thousands that is read fastest. */
const statesOf = (taskId: number) =>
  sql<SubtaskState[]>`(
  select coalesce(json_agg(json_build_array(s.status, s.operation, s.run_time) order by s.index), '[]')::text
  from ${subtasks} s where s.task_id = ${taskId})`.mapWith((text) =>
    states
      .parse(JSON.parse(text))
      .map(([status, operation, runTime]): SubtaskState => ({ status, operation, runTime })),
  )

export interface OpenMachine {
  readonly row: Task
  readonly planned: readonly PlannedSubtask[]
  readonly machine: Machine
}

function machineOf({ states, ...row }: Task & { readonly states: SubtaskState[] }): OpenMachine {
  const planned = plannedOf(row)
  const state = { status: row.status, operation: machineOperation(row.operation) }
  return { row, planned, machine: createTask(planned, row.plan, { state, subtasks: states }) }
}

/** A task's state machine with its stored states, as they were at one moment. */
export async function readMachine(db: Db, taskId: number): Promise<OpenMachine | undefined> {
  const fields = { ...getTableColumns(tasks), states: statesOf(taskId) }
  const [found] = await db.select(fields).from(tasks).where(eq(tasks.id, taskId))
  return found && machineOf(found)
}

/** The same, with the task locked to the end of the transaction. */
export async function openMachine(tx: Db, taskId: number): Promise<OpenMachine | undefined> {
  await tx.select({ id: tasks.id }).from(tasks).where(eq(tasks.id, taskId)).for('update')
  return readMachine(tx, taskId)
}

/** A task is never in the operations that only subtasks have. */
const machineOperation = (operation: Task['operation']): TaskOperation =>
  operation === 'RETRY' || operation === 'ROLLBACK' ? operation : 'EXECUTE'

const value = sql.placeholder

const changing = prepared((db) => {
  const now = sql`${value('at')}::timestamptz`
  const revision = sql`${value('revision')}::int`
  const moved = db.$with('moved').as(
    db
      .update(tasks)
      .set({
        status: sql`${value('status')}`,
        operation: sql`${value('operation')}`,
        revision,
        finishTime: sql`case when ${value('done')}::boolean
          then coalesce(${tasks.finishTime}, ${now}) end`,
        acceptedRevision: sql`case when ${value('accepted')}::boolean
          then ${revision} else ${tasks.acceptedRevision} end`,
      })
      .where(and(eq(tasks.id, value('id')), eq(tasks.revision, value('before'))))
      .returning({ id: tasks.id }),
  )
  // Found by their ids: PostgreSQL takes a list of JSON for a hundred rows, and would rather read
  // all subtasks of the task, for each that ends. The ids stand in a subquery: for a plain parameter
  // PostgreSQL makes a plan at each execution, which takes as long as the execution itself.
  const changed = db.$with('changed', { id: sql<number>`id` }).as(sql`
    update ${subtasks} s set
      status = c.status, operation = c.operation, run_time = c."runTime", cause = c.cause,
      revision = c.revision, last_message = null,
      attempt = case when c.status in ('READY', 'PENDING') then 0 else s.attempt end,
      start_time = case
        when c.status = 'READY' then null
        when c.status = 'SUCCESSFUL' then coalesce(s.start_time, ${now})
        else s.start_time end,
      finish_time = case
        when c.status in ('READY', 'CANCELING') then null
        else coalesce(s.finish_time, ${now}) end
    from jsonb_to_recordset(${value('written')}::jsonb)
      as c(index int, status text, operation text, "runTime" int, cause jsonb, revision int),
      moved
    where s.id = any(array(select unnest(${value('ids')}::int[])))
      and s.id = ${value('first')}::int + c.index
    returning s.id as id`)
  const logged = db.$with('logged', {}).as(insertionOfLines(sql`${value('lines')}`, sql`moved`))
  return db
    .with(moved, changed, logged)
    .select({ id: moved.id })
    .from(moved)
    .prepare('obflow_changing')
})

/**
 * Writes what the machine changed, under the task's next revision, and lines of logs, in one
 * statement; the last change of each subtask counts. Returns nothing, and has written nothing, when
 * the task is no longer at the revision that the machine was read at.
 */
export async function writeChanges(
  db: Db,
  { row, machine }: OpenMachine,
  changes: readonly Change[],
  {
    accepted = false,
    at = new Date(),
    lines = [],
  }: {
    readonly accepted?: boolean
    readonly at?: Date
    readonly lines?: readonly NewLogLine[]
  } = {},
): Promise<Progress | undefined> {
  const revision = row.revision + 1
  const latest = new Map(changes.map((change) => [change.index, change.state]))
  const written = [...latest].map(
    ([index, state]): StoredState => ({ ...storedState(state), index, revision }),
  )
  const { status, operation } = machine.state
  const rows = await changing(db).execute({
    id: row.id,
    first: row.firstSubtaskId,
    ids: written.map(({ index }) => row.firstSubtaskId + index),
    before: row.revision,
    revision,
    status,
    operation,
    done: status === 'SUCCESSFUL',
    accepted,
    at: at.toISOString(),
    written: JSON.stringify(written),
    lines: inOneValue(lines),
  })
  if (rows.length === 0) return undefined
  return { revision, task: machine.state, complete: false, changes: written }
}

const storedState = ({ cause, ...state }: SubtaskState): SubtaskState => ({
  ...state,
  ...(cause && { cause: storable(cause) }),
})

/** A subtask's first state is left out of what travels. */
export const hasBegun = ({ status, operation, runTime }: SubtaskState): boolean =>
  status !== initialState.status ||
  operation !== initialState.operation ||
  runTime !== initialState.runTime
