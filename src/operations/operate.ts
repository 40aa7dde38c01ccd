import { Refused } from '../errors/refused.ts'
import { say } from '../errors/say.ts'
import type { Ask } from '../plan/ask.ts'
import type { PlannedSubtask } from '../plan/expand.ts'
import type { Refusal } from '../plan/states.ts'
import type { Change, Task as Machine } from '../plan/task.ts'
import {
  type Db,
  openMachine,
  type Task,
  type TaskWithSubtasks,
  tasks,
  writeChanges,
} from '../store/acceptance.ts'
import { operationNamed } from './registry.ts'

const missing = (id: number) => new Refused({ code: 'TSK10001', args: [id] })

/** What is said of a subtask that is not of this task. */
export const noSubtask = (taskId: number, subtaskId: number): Refused =>
  new Refused({
    code: 'TSK10001',
    args: [say`${taskId} with subtask ${subtaskId}`],
  })

/** An operation on the machine: why not, or what it changes. */
const moves: Record<
  Ask['operation'],
  (machine: Machine, index: number) => { refusal: Refusal | undefined; change: () => Change[] }
> = {
  retryTask: (machine) => ({ refusal: machine.refuse.retryTask(), change: machine.retryTask }),
  rollbackTask: (machine) => ({
    refusal: machine.refuse.rollbackTask(),
    change: machine.rollbackTask,
  }),
  retrySubtask: (machine, index) => ({
    refusal: machine.refuse.retrySubtask(index),
    change: () => machine.retrySubtask(index),
  }),
  skipSubtask: (machine, index) => ({
    refusal: machine.refuse.skipSubtask(index),
    change: () => machine.skipSubtask(index),
  }),
  cancelSubtask: (machine, index) => ({
    refusal: machine.refuse.cancelSubtask(index),
    change: () => machine.cancelSubtask(index),
  }),
}

/** The machine knows its subtasks by number; an operator wants to read which one, and its state. */
function refused(
  { code, args }: Refusal,
  task: Task,
  subtask: PlannedSubtask | undefined,
): Refused {
  const where = subtask?.host === undefined ? '' : ` on ${subtask.host.ip}`
  const what = subtask
    ? `${task.id}/${task.firstSubtaskId + subtask.index} "${subtask.name}"${where}`
    : task.id
  return new Refused({ code, args: code === 'TSK10007' ? [what, args[1] ?? task.status] : [what] })
}

/**
 * Throws Refused when what a task works on forbids this operation now. A task that has ended well
 * allows none, whatever it made. Whether the states allow it is the machine's to say.
 */
export async function refuseOperation(tx: Db, task: Task, asked: Ask['operation']): Promise<void> {
  if (task.status === 'SUCCESSFUL') return
  const found = operationNamed(task.workflow)
  if (asked === 'rollbackTask') await found?.refuseRollback?.(tx, task)
  if (asked === 'retryTask' || asked === 'retrySubtask') await found?.refuseRetry?.(tx, task)
  if (task.status === 'FAILED' && task.finishTime !== null)
    throw new Refused({ code: 'TSK10007', args: [task.id, say`FAILED (ended)`] })
}

/**
 * Accepts an operation on a task: its states are written, its run in Temporal only has to be told
 * that there is something. Throws Refused when the states do not allow it. Of two callers at once
 * the second sees what the first has done.
 */
export async function operate(tx: Db, taskId: number, ask: Ask): Promise<void> {
  const open = await openMachine(tx, taskId)
  if (open === undefined) throw missing(taskId)
  const { machine, planned, row } = open
  const index = 'subtaskId' in ask ? ask.subtaskId - row.firstSubtaskId : -1
  const subtask = planned[index]
  if ('subtaskId' in ask && !subtask) throw noSubtask(taskId, ask.subtaskId)
  const { refusal, change } = moves[ask.operation](machine, index)
  if (refusal) throw refused(refusal, row, subtask)
  await refuseOperation(tx, row, ask.operation)
  if (!(await writeChanges(tx, open, change(), { accepted: true })))
    throw new Error('a locked task moved')
}

/** Accepts the rollback of a task, and gives the task with those subtasks that it undoes. */
export async function rehearseRollback(tx: Db, taskId: number): Promise<TaskWithSubtasks> {
  const before = await tasks(tx).get(taskId)
  if (before === undefined) throw missing(taskId)
  await operate(tx, taskId, { operation: 'rollbackTask' })
  const undone = before.subtasks.filter(({ status, undo }) => status !== 'PENDING' && undo !== null)
  return { ...before, subtasks: undone }
}
