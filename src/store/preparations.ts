import { and, asc, eq, inArray } from 'drizzle-orm'
import type { KeptCause } from '../errors/failure.ts'
import type { TaskStatus } from '../plan/states.ts'
import type { Db } from './db.ts'
import * as schema from './schema/index.ts'

/** The task that prepares one host of a batch. */
export interface Preparation {
  readonly taskId: number
  readonly ip: string
  readonly status: TaskStatus
  /** Whether what it made was, or is being, taken back. */
  readonly rolledBack: boolean
  /** Why it failed. */
  readonly cause: KeptCause | null
}

/** Where a batch's task keeps the ids of its hosts' tasks. */
export const taskIds = 'task_ids'

/** The tasks of a batch's hosts as they are now; `batchId` is the batch's own task. */
export async function preparations(db: Db, batchId: number): Promise<Preparation[]> {
  const { subtasks, tasks } = schema
  const batch = await db.select({ context: tasks.context }).from(tasks).where(eq(tasks.id, batchId))
  const ids = (batch[0]?.context.listMap[taskIds] ?? []).map(Number)
  const failed = and(eq(subtasks.taskId, tasks.id), eq(subtasks.status, 'FAILED'))
  const found = await db
    .select({
      id: tasks.id,
      status: tasks.status,
      operation: tasks.operation,
      targets: tasks.targets,
      cause: subtasks.cause,
    })
    .from(tasks)
    .leftJoin(subtasks, failed)
    .where(inArray(tasks.id, ids))
    .orderBy(asc(tasks.id))
  return found.map(({ id, status, operation, targets, cause }) => ({
    taskId: id,
    ip: targets.hosts[0]?.ip ?? '',
    status,
    rolledBack: operation === 'ROLLBACK',
    cause,
  }))
}
