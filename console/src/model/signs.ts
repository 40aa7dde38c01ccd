import type { Subtask, TaskLine } from '../api/types.ts'
import type { TextKey } from '../i18n/en.ts'

/** A state is shown by a sign and by a colour, never by the colour alone. */
export interface Sign {
  readonly mark: string
  readonly tone: Tone
  readonly text: TextKey
}

export type Tone = 'wait' | 'run' | 'warn' | 'bad' | 'good' | 'skip'

const byStatus: Readonly<Record<Subtask['status'], Sign>> = {
  PENDING: { mark: '○', tone: 'wait', text: 'state.pending' },
  READY: { mark: '◌', tone: 'run', text: 'state.ready' },
  RUNNING: { mark: '▶', tone: 'run', text: 'state.running' },
  CANCELING: { mark: '■', tone: 'warn', text: 'state.canceling' },
  FAILED: { mark: '✖', tone: 'bad', text: 'state.failed' },
  SUCCESSFUL: { mark: '✔', tone: 'good', text: 'state.done' },
}
const skipped: Sign = { mark: '↷', tone: 'skip', text: 'state.skipped' }
const undone: Sign = { mark: '↶', tone: 'warn', text: 'state.undone' }
const undoing: Sign = { mark: '◀', tone: 'warn', text: 'state.undoing' }

type State = Pick<Subtask, 'status' | 'operation'>

/** The operation tells done from skipped, and waiting from rolled back. */
export function signOf({ status, operation }: State): Sign {
  if (status === 'SUCCESSFUL' && operation === 'SKIP') return skipped
  if (status === 'PENDING' && operation.startsWith('ROLLBACK')) return undone
  if (status === 'RUNNING' && operation === 'ROLLBACK') return undoing
  return byStatus[status]
}

/** The most notable first. */
export const notable: readonly Subtask['status'][] = [
  'FAILED',
  'CANCELING',
  'RUNNING',
  'READY',
  'PENDING',
  'SUCCESSFUL',
]

/** A group looks like the most notable of its subtasks. */
export function signOfAll(subtasks: readonly State[]): Sign {
  const status =
    notable.find((each) => subtasks.some((subtask) => subtask.status === each)) ?? 'PENDING'
  // Some done and the rest waiting is under way.
  if (status === 'PENDING' && subtasks.some((subtask) => subtask.status === 'SUCCESSFUL'))
    return byStatus.RUNNING
  const found = subtasks.find((subtask) => subtask.status === status)
  return found ? signOf(found) : byStatus.PENDING
}

/** A task that was rolled back is SUCCESSFUL to OCP, and not what was asked for to people. */
export function signOfTask({ status, operation }: Pick<TaskLine, 'status' | 'operation'>): Sign {
  const back = operation === 'ROLLBACK'
  if (status === 'SUCCESSFUL')
    return back
      ? { ...undone, text: 'task.rolledBack' }
      : { ...byStatus.SUCCESSFUL, text: 'task.SUCCESSFUL' }
  if (status === 'RUNNING')
    return back
      ? { ...undoing, text: 'task.rollingBack' }
      : { ...byStatus.RUNNING, text: 'task.RUNNING' }
  return { ...byStatus.FAILED, text: 'task.FAILED' }
}

export const isAtWork = ({ status }: Pick<Subtask, 'status'>): boolean =>
  status === 'RUNNING' || status === 'CANCELING'
