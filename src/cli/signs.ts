import type { Subtask } from './taskSchema.ts'
import type { Style } from './text.ts'

export interface Sign {
  readonly mark: string
  readonly style: Style
  /** What the state is called where there is room for a word. */
  readonly word: string
}

const byStatus: Readonly<Record<Subtask['status'], Sign>> = {
  PENDING: { mark: '○', style: 'dim', word: 'waiting' },
  READY: { mark: '◌', style: 'cyan', word: 'ready' },
  RUNNING: { mark: '▶', style: 'cyan', word: 'running' },
  CANCELING: { mark: '■', style: 'yellow', word: 'being cancelled' },
  FAILED: { mark: '✖', style: 'red', word: 'failed' },
  SUCCESSFUL: { mark: '✔', style: 'green', word: 'done' },
}
const skipped: Sign = { mark: '↷', style: 'yellow', word: 'skipped' }
const takenBack: Sign = { mark: '↶', style: 'yellow', word: 'taken back' }
const takingBack: Sign = { mark: '◀', style: 'yellow', word: 'being taken back' }

/**
 * What a subtask's state looks like; the operation tells done from skipped, and waiting from taken
 * back.
 */
export function signOf({ status, operation }: Pick<Subtask, 'status' | 'operation'>): Sign {
  if (status === 'SUCCESSFUL' && operation === 'SKIP') return skipped
  if (status === 'PENDING' && operation.startsWith('ROLLBACK')) return takenBack
  if (status === 'RUNNING' && operation === 'ROLLBACK') return takingBack
  return byStatus[status]
}

/** A stage looks like the most notable of its subtasks. */
const notable: readonly Subtask['status'][] = [
  'FAILED',
  'CANCELING',
  'RUNNING',
  'READY',
  'PENDING',
  'SUCCESSFUL',
]

export function signOfStage(subtasks: readonly Subtask[]): Sign {
  const status =
    notable.find((each) => subtasks.some((subtask) => subtask.status === each)) ?? 'PENDING'
  // Some done and the rest waiting is under way.
  if (status === 'PENDING' && subtasks.some((subtask) => subtask.status === 'SUCCESSFUL'))
    return byStatus.RUNNING
  const found = subtasks.find((subtask) => subtask.status === status)
  return found ? signOf(found) : byStatus.PENDING
}
