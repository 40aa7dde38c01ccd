import { type SQL, sql } from 'drizzle-orm'
import type { NodeInput } from '../plan/node.ts'
import { subtaskLogs } from './schema/index.ts'
import { storable } from './storable.ts'

/** A new line of a subtask's log. */
export interface NewLogLine {
  readonly subtaskId: number
  readonly runTime: number
  readonly at: Date
  readonly level: 'INFO' | 'WARN' | 'ERROR'
  readonly message: string
  /** On the line that opens a run's part of the log: why it runs. Kept once a run. */
  readonly opens?: NodeInput['operation'] | undefined
}

/**
 * Lines as one value, for json_populate_recordset: of a value for each field drizzle builds a text
 * a line.
 */
export const inOneValue = (lines: readonly NewLogLine[]): string =>
  JSON.stringify(
    lines.map(({ subtaskId, runTime, opens, at, level, message }) => ({
      subtask_id: subtaskId,
      run_time: runTime,
      opens,
      at,
      level,
      message: storable(message),
    })),
  )

/**
 * The statement that writes lines, given as one value; for each row of another source when there is
 * one, so that without a row nothing is written.
 */
export const insertionOfLines = (lines: SQL, source?: SQL): SQL => sql`
  insert into ${subtaskLogs} (subtask_id, run_time, opens, at, level, message)
  select l.subtask_id, l.run_time, l.opens, l.at, l.level, l.message
  from ${source && sql`${source}, `}json_populate_recordset(null::${subtaskLogs}, ${lines}::json) l
  on conflict do nothing`
