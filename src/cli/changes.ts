import { signOf } from '../view/index.ts'
import { styles, words } from './signs.ts'
import type { Subtask, Task } from './taskSchema.ts'
import { duration, painter, plain } from './text.ts'

const stateOf = ({ status, operation, runTime }: Subtask): string =>
  `${status} ${operation} ${runTime ?? 1}`

/**
 * One line for each subtask whose state changed, in the order in which they started: what a log
 * file is given instead of a redrawn view.
 */
export function changeLines(
  before: Task | undefined,
  task: Task,
  { now, color }: { readonly now: Date; readonly color: boolean },
): string[] {
  const paint = painter(color)
  const known = new Map(before?.subtasks.map((subtask) => [subtask.id, stateOf(subtask)]))
  const begun = task.startTime ? Date.parse(task.startTime) : now.getTime()
  return task.subtasks
    .filter(
      (subtask) =>
        stateOf(subtask) !== (known.get(subtask.id) ?? 'PENDING EXECUTE 1') &&
        subtask.status !== 'READY',
    )
    .toSorted(
      (a, b) => Date.parse(a.startTime ?? '') - Date.parse(b.startTime ?? '') || a.id - b.id,
    )
    .map((subtask) => {
      const sign = signOf(subtask)
      const { startTime, finishTime } = subtask
      const took =
        startTime && finishTime
          ? `, ${duration(Date.parse(finishTime) - Date.parse(startTime))}`
          : ''
      const error =
        subtask.status === 'FAILED' && subtask.error
          ? `: ${subtask.error.code} ${plain(subtask.error.message)}`
          : ''
      const at = ((now.getTime() - begun) / 1000).toFixed(1).padStart(7)
      const where = subtask.hostIp ? ` · ${plain(subtask.hostIp)}` : ''
      return `${at} s  ${paint(styles[sign.tone], sign.mark)} ${plain(subtask.name)}${where} ${words[sign.state]}${took}${error}`
    })
}
