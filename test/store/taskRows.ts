import { and, eq, sql } from 'drizzle-orm'
import type { KeptCause } from '../../src/errors/failure.ts'
import type {
  SubtaskOperation,
  SubtaskStatus,
  TaskOperation,
  TaskStatus,
} from '../../src/plan/states.ts'
import { subtaskLogs, subtasks, tasks } from '../../src/store/schema/index.ts'
import type { TestStore } from './database.ts'

type Db = TestStore['db']

/** Gives a task a state that it did not run into. */
export async function setTask(
  db: Db,
  taskId: number,
  status: TaskStatus,
  operation: TaskOperation = 'EXECUTE',
): Promise<void> {
  const finishTime = status === 'SUCCESSFUL' ? new Date() : null
  await db.update(tasks).set({ status, operation, finishTime }).where(eq(tasks.id, taskId))
}

interface SubtaskRow {
  readonly status: SubtaskStatus
  readonly operation?: SubtaskOperation
  readonly runTime?: number
  readonly executor?: string
  readonly startTime?: Date
  readonly finishTime?: Date
  readonly cause?: KeptCause
}

/** Gives a subtask a state that it did not run into, with the line that opens a run's log. */
export async function setSubtask(db: Db, subtaskId: number, row: SubtaskRow): Promise<void> {
  // Under the task's next revision, as everything that changes a state is written.
  const [task] = await db
    .update(tasks)
    .set({ revision: sql`${tasks.revision} + 1` })
    .from(subtasks)
    .where(and(eq(subtasks.id, subtaskId), eq(tasks.id, subtasks.taskId)))
    .returning({ revision: tasks.revision })
  await db
    .update(subtasks)
    .set({ ...row, ...task })
    .where(eq(subtasks.id, subtaskId))
  const { runTime = 1, operation = 'EXECUTE', startTime: at = new Date() } = row
  await db
    .insert(subtaskLogs)
    .values({ subtaskId, runTime, opens: operation, at, level: 'INFO', message: '' })
    .onConflictDoNothing()
}
