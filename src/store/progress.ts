import { and, eq, sql } from 'drizzle-orm'
import type { Cause } from '../errors/failure.ts'
import type { SubtaskOperation, SubtaskStatus, TaskStatus } from '../plan/states.ts'
import type { Db } from './db.ts'
import { inChunks } from './rows.ts'
import * as schema from './schema/index.ts'

interface Run {
  readonly taskId: number
  readonly subtaskId: number
  readonly runTime: number
  readonly at: Date
}

export interface Started extends Run {
  readonly operation: SubtaskOperation
  /** Address of the worker. */
  readonly executor: string
}

export interface Finished extends Run {
  /** PENDING after a ROLLBACK. */
  readonly status: 'SUCCESSFUL' | 'FAILED' | 'PENDING'
  readonly cause?: Cause | undefined
}

export interface SubtaskChange {
  readonly subtaskId: number
  readonly status: SubtaskStatus
  readonly operation: SubtaskOperation
  readonly runTime: number
  readonly cause?: Cause | undefined
  readonly at?: Date | undefined
}

export interface TaskChange {
  readonly taskId: number
  readonly status: TaskStatus
  readonly operation: SubtaskOperation
  readonly finished?: boolean | undefined
}

export interface NewLogLine {
  readonly subtaskId: number
  readonly runTime: number
  readonly at: Date
  readonly level: 'INFO' | 'WARN' | 'ERROR'
  readonly message: string
}

// How far a run is. A rolled-back subtask is PENDING again, at the end of its run.
const rank = (row: 's' | 'c') =>
  sql.raw(`case when ${row}.status = 'READY' then 1 when ${row}.status = 'RUNNING' then 2 when ${row}.status = 'CANCELING' then 3
    when ${row}.status = 'PENDING' and ${row}.operation not like 'ROLLBACK%' then 0 else 4 end`)

/**
 * Many subtask changes in one statement. The recorder and the activities write beside each other, so a change of an older run never touches a
 * newer one, and a late READY or RUNNING never takes back a finished one of the same run.
 */
const changeSubtasks = (rows: readonly SubtaskChange[]) => {
  const latest = new Map(rows.map((row) => [row.subtaskId, row]))
  const changes = [...latest.values()].map(({ at, ...change }) => ({ ...change, at: (at ?? new Date()).toISOString() }))
  return sql`
    update subtasks s set
      status = c.status, operation = c.operation, run_time = c."runTime", cause = c.cause,
      start_time = case when c.status = 'READY' then null when c.status = 'RUNNING' then coalesce(s.start_time, c.at) else s.start_time end,
      finish_time = case when ${rank('c')} < 4 then null else coalesce(s.finish_time, c.at) end
    from jsonb_to_recordset(${JSON.stringify(changes)}::jsonb)
      as c("subtaskId" int, status text, operation text, "runTime" int, cause jsonb, at timestamptz)
    where s.id = c."subtaskId" and (s.run_time < c."runTime" or s.run_time = c."runTime" and ${rank('s')} <= ${rank('c')})`
}

/** What the activity interceptor and the workflow's recorder write while a task runs. */
export function progress(db: Db) {
  const { subtasks, subtaskLogs, tasks } = schema
  return {
    /** A run of a subtask begins, or begins again after a lost worker; only the first attempt of a run opens a new part of the log. */
    async started({ subtaskId, runTime, operation, executor, at }: Started): Promise<void> {
      await db.transaction(async (tx) => {
        const opened = await tx
          .insert(subtaskLogs)
          .values({ subtaskId, runTime, opens: operation, at, level: 'INFO', message: '' })
          .onConflictDoNothing()
          .returning({ id: subtaskLogs.id })
        await tx
          .update(subtasks)
          .set({
            status: 'RUNNING',
            operation,
            runTime,
            executor,
            cause: null,
            finishTime: null,
            ...(opened.length > 0 && { startTime: at }),
          })
          .where(and(eq(subtasks.id, subtaskId), sql`${subtasks.runTime} <= ${runTime}`))
      })
    },
    /**
     * A run ended; does nothing when a newer run is already there. Of a run's attempts, one that was frozen and given up may fail after another has
     * done the work: only what is RUNNING fails.
     */
    async finished({ subtaskId, runTime, at, status, cause }: Finished): Promise<void> {
      await db
        .update(subtasks)
        .set({ status, finishTime: at, cause: cause ?? null })
        .where(
          and(
            eq(subtasks.id, subtaskId),
            eq(subtasks.runTime, runTime),
            status === 'FAILED' ? eq(subtasks.status, 'RUNNING') : undefined,
          ),
        )
    },
    /** Appends lines to subtasks' logs, in the order given. */
    async log(lines: readonly NewLogLine[]): Promise<void> {
      await inChunks(lines, (chunk) => {
        const rows = chunk.map(({ subtaskId, runTime, at, level, message }) => ({ subtaskId, runTime, at, level, message }))
        return db.insert(subtaskLogs).values(rows)
      })
    },
    /** What the workflow decided: many subtasks and the task in one transaction. */
    async record(changes: readonly SubtaskChange[], task?: TaskChange): Promise<void> {
      await db.transaction(async (tx) => {
        await inChunks(changes, (chunk) => tx.execute(changeSubtasks(chunk)))
        if (task === undefined) return
        await tx
          .update(tasks)
          .set({ status: task.status, operation: task.operation, finishTime: task.finished === true ? new Date() : null })
          .where(eq(tasks.id, task.taskId))
      })
    },
  }
}
