import { sectionOf } from '../errors/guide.ts'
import type { Subtask, Task } from './taskSchema.ts'
import { cut, type Paint, plain, wrap } from './text.ts'

/** No more failures than fit a screen; the API lists all. */
const shownFailures = 5

/** How failures are shown. */
export interface FailureView {
  readonly paint: Paint
  readonly width: number
  /** The API whose operator's guide explains the codes; no links without it. */
  readonly url?: string | undefined
}

function failure(task: Task, subtask: Subtask, { paint, width, url }: FailureView): string[] {
  const { error } = subtask
  const where = subtask.hostIp ?? error?.host
  const which = `${task.id} ${subtask.id}`
  // A cause may be a list of findings, a line each.
  const inset = (text: string): string[] =>
    text.split(/\r?\n/).flatMap((line) => {
      const indent = ' '.repeat(4 + line.search(/\S|$/))
      return wrap(plain(line).trim(), width - indent.length).map((part) => indent + part)
    })
  const guide = error && url !== undefined ? [new URL(sectionOf(error.code), url).href] : []
  return [
    `${paint('red', '✖')} ${paint('bold', cut(plain(`${subtask.name}${where ? ` on ${where}` : ''}`), width - 2))}`,
    ...(error ? inset(`${error.code}: ${error.message}`) : []),
    ...(error?.advice ? inset(error.advice) : []),
    ...guide.map((link) => `    ${paint('dim', link)}`),
    `    ${paint('cyan', `obflow task log ${which}`)}`,
    `    ${paint('cyan', `obflow task retry ${which}`)}`,
    ...(subtask.prohibitSkip || task.operation === 'ROLLBACK'
      ? []
      : [`    ${paint('cyan', `obflow task skip ${which}`)}`]),
  ]
}

/**
 * What failed, why, what to do about it, and the commands that mend it. Nothing when nothing failed.
 */
export function failureLines(task: Task, view: FailureView): string[] {
  const { paint } = view
  const failed = task.subtasks.filter((subtask) => subtask.status === 'FAILED')
  if (failed.length === 0) return []
  const more = failed.length - shownFailures
  const whole = [
    'The run waits, and nothing is lost:',
    `    ${paint('cyan', `obflow task retry ${task.id}`)}     runs again what failed`,
    ...(task.prohibitRollback
      ? []
      : [`    ${paint('cyan', `obflow task rollback ${task.id}`)}  takes back what it made`]),
  ]
  return [
    '',
    ...failed.slice(0, shownFailures).flatMap((subtask) => failure(task, subtask, view)),
    ...(more > 0 ? [`  … and ${more} more`] : []),
    ...(task.status === 'FAILED' ? ['', ...whole] : []),
  ]
}
