/**
 * States of a subtask, of a task, and what may be asked of them: OCP's own (facts of its task
 * engine, read in ocp-express `task/`).
 */
export const subtaskStatuses = [
  'PENDING',
  'READY',
  'RUNNING',
  'CANCELING',
  'FAILED',
  'SUCCESSFUL',
] as const
export const taskStatuses = ['RUNNING', 'FAILED', 'SUCCESSFUL'] as const
export const operations = [
  'EXECUTE',
  'RETRY',
  'SKIP',
  'CANCEL',
  'ROLLBACK',
  'ROLLBACK_SKIP',
] as const

export type SubtaskStatus = (typeof subtaskStatuses)[number]
export type TaskStatus = (typeof taskStatuses)[number]
export type SubtaskOperation = (typeof operations)[number]
export type TaskOperation = Extract<SubtaskOperation, 'EXECUTE' | 'RETRY' | 'ROLLBACK'>

/**
 * What is known of why a subtask failed, as it travels and is kept, in English. Its maker's type is
 * `Cause`.
 */
export interface FailureCause {
  /** One of this release's codes, or of the release that wrote it. */
  readonly code: string
  readonly message: string
  readonly advice?: string
  readonly host?: string
  /** The same in a form that can be said in any language; in the store only. */
  readonly said?: unknown
}

export interface SubtaskState {
  readonly status: SubtaskStatus
  readonly operation: SubtaskOperation
  /** Executions so far, from 1 (OCP's `runTime`). */
  readonly runTime: number
  readonly cause?: FailureCause
}

/** A subtask that has not begun. */
export const initialState: SubtaskState = { status: 'PENDING', operation: 'EXECUTE', runTime: 1 }

export interface TaskState {
  readonly status: TaskStatus
  readonly operation: TaskOperation
  /** FAILED for good: what it made was taken away by others. */
  readonly ended?: boolean
}

/** Why something that was asked is refused: OCP's code and the values of its text. */
export interface Refusal {
  readonly code: 'TSK10001' | 'TSK10007' | 'TSK10009' | 'TSK10010'
  readonly args: readonly string[]
}

/** Whether a subtask is being worked on or about to be. */
export const isActive = (status: SubtaskStatus): boolean =>
  status === 'READY' || status === 'RUNNING' || status === 'CANCELING'
