import { Refused } from '../errors/refused.ts'
import type { Db } from '../store/db.ts'
import type { TaskWithSubtasks } from '../store/newTask.ts'
import { tasks } from '../store/tasks.ts'
import { operate } from './operate.ts'

/** Accepts the rollback of a task, and gives the task with those subtasks that are undone by it. */
export const acceptRollback = (db: Db, taskId: number): Promise<TaskWithSubtasks> =>
  db.transaction(async (tx) => {
    const before = await tasks(tx).get(taskId)
    if (before === undefined) throw new Refused({ code: 'TSK10001', args: [taskId] })
    await operate(tx, taskId, { operation: 'rollbackTask' })
    const undone = before.subtasks.filter(({ status, undo }) => status !== 'PENDING' && undo !== null)
    return { ...before, subtasks: undone }
  })
