import type { SubtaskStatus } from '../plan/states.ts'

/** What a subtask's state is to people; its words are the reader's. */
export type StateName =
  | 'pending'
  | 'ready'
  | 'running'
  | 'canceling'
  | 'failed'
  | 'done'
  | 'skipped'
  | 'undone'
  | 'undoing'

export type Tone = 'wait' | 'run' | 'warn' | 'bad' | 'good' | 'skip'

/** A state is shown by a mark and by a colour, never by the colour alone. */
export interface Sign {
  readonly state: StateName
  readonly mark: string
  readonly tone: Tone
}

const sign = (state: StateName, mark: string, tone: Tone): Sign => ({ state, mark, tone })

export const signs = {
  PENDING: sign('pending', '○', 'wait'),
  READY: sign('ready', '◌', 'run'),
  RUNNING: sign('running', '▶', 'run'),
  CANCELING: sign('canceling', '■', 'warn'),
  FAILED: sign('failed', '✖', 'bad'),
  SUCCESSFUL: sign('done', '✔', 'good'),
  skipped: sign('skipped', '↷', 'skip'),
  undone: sign('undone', '↶', 'warn'),
  undoing: sign('undoing', '◀', 'warn'),
} as const satisfies Readonly<Record<SubtaskStatus | 'skipped' | 'undone' | 'undoing', Sign>>

export interface State {
  readonly status: SubtaskStatus
  readonly operation: string
}

/** The operation tells done from skipped, and waiting from rolled back. */
export function signOf({ status, operation }: State): Sign {
  if (status === 'SUCCESSFUL' && operation === 'SKIP') return signs.skipped
  if (status === 'PENDING' && operation.startsWith('ROLLBACK')) return signs.undone
  if (status === 'RUNNING' && operation === 'ROLLBACK') return signs.undoing
  return signs[status]
}

/** The most notable first. */
export const notable: readonly SubtaskStatus[] = [
  'FAILED',
  'CANCELING',
  'RUNNING',
  'READY',
  'PENDING',
  'SUCCESSFUL',
]

/** Several look like the most notable of them. */
export function signOfAll(all: readonly State[]): Sign {
  const status = notable.find((each) => all.some((one) => one.status === each)) ?? 'PENDING'
  // Some done and the rest waiting is under way.
  if (status === 'PENDING' && all.some((one) => one.status === 'SUCCESSFUL')) return signs.RUNNING
  const found = all.find((one) => one.status === status)
  return found ? signOf(found) : signs.PENDING
}

/** Whether something happens to it right now. */
export const isAtWork = ({ status }: Pick<State, 'status'>): boolean =>
  status === 'RUNNING' || status === 'CANCELING'
