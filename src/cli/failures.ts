import type { Subtask, Task } from './taskSchema.ts'
import { cut, type Paint, plain, wrap } from './text.ts'

/** No more failures than fit a screen; the API lists all. */
const shownFailures = 5

function failure(task: Task, subtask: Subtask, paint: Paint, width: number): string[] {
  const { error } = subtask
  const where = subtask.hostIp ?? error?.host
  const call = `POST /api/v2/tasks/instances/${task.id}/subtasks/${subtask.id}`
  const inset = (text: string): string[] =>
    wrap(plain(text), width - 4).map((line) => `    ${line}`)
  return [
    `${paint('red', '✖')} ${paint('bold', cut(plain(`${subtask.name}${where ? ` on ${where}` : ''}`), width - 2))}`,
    ...(error ? inset(`${error.code}: ${error.message}`) : []),
    ...(error?.advice ? inset(error.advice) : []),
    `    ${paint('cyan', `${call}/retry`)}`,
    ...(subtask.prohibitSkip || task.operation === 'ROLLBACK'
      ? []
      : [`    ${paint('cyan', `${call}/skip`)}`]),
  ]
}

/**
 * What failed, why, what to do about it, and the calls that mend it. Nothing when nothing failed.
 */
export function failureLines(task: Task, paint: Paint, width: number): string[] {
  const failed = task.subtasks.filter((subtask) => subtask.status === 'FAILED')
  if (failed.length === 0) return []
  const more = failed.length - shownFailures
  const call = `POST /api/v2/tasks/instances/${task.id}`
  const whole = [
    'The run waits, and nothing is lost:',
    `    ${paint('cyan', `${call}/retry`)}     runs again what failed`,
    ...(task.prohibitRollback
      ? []
      : [`    ${paint('cyan', `${call}/rollback`)}  takes back what it made`]),
  ]
  return [
    '',
    ...failed.slice(0, shownFailures).flatMap((subtask) => failure(task, subtask, paint, width)),
    ...(more > 0 ? [`  … and ${more} more`] : []),
    ...(task.status === 'FAILED' ? ['', ...whole] : []),
  ]
}
