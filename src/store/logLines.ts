import type { NodeInput } from '../plan/node.ts'
import { storable } from './storable.ts'

/** A line of a subtask's log that is to be written. */
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
