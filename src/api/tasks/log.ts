import type { LogLine, Subtask } from '../../store/index.ts'
import { isoTime, localTime } from '../http/time.ts'

/** A subtask's log as OCP prints it: a separator opens each run, then a line an event. */
export function printLog(
  subtask: Subtask,
  lines: readonly LogLine[],
  traceId: string | null,
): string {
  const origin = `[subtask-${subtask.id},${traceId ?? ''}] ${subtask.activity}`
  return lines
    .map(({ opens, at, level, message }) =>
      opens === null
        ? `${localTime(at)} ${level.padStart(5)} --- ${origin} : ${message}\n`
        : `############{${opens}}{${isoTime(at)}}############\n`,
    )
    .join('')
}
