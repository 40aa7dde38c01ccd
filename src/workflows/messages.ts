import { defineQuery, defineSignal } from '@temporalio/workflow'
import type { SubtaskState, TaskState } from '../plan/states.ts'

/** Tells a run that something was accepted in the store, e.g. a retry; it reads there what. */
export const changed = defineSignal('changed')

/** Where a run is: the task, and its subtasks in the order of their ids. */
export interface TaskProgress {
  readonly task: TaskState
  readonly subtasks: readonly (SubtaskState & {
    readonly id: number
    readonly name: string
    readonly host?: string
  })[]
}

/** Reports where the run is. */
export const progress = defineQuery<TaskProgress>('progress')

/**
 * What an operator may look for in Temporal's own tools. Each is refused with the API's call that
 * does it: only the API knows who may do it.
 */
export const operations = {
  retryTask: (path: string) => `POST ${path}/retry`,
  rollbackTask: (path: string) => `POST ${path}/rollback`,
  retrySubtask: (path: string) => `POST ${path}/subtasks/{id}/retry`,
  skipSubtask: (path: string) => `POST ${path}/subtasks/{id}/skip`,
  cancelSubtask: (path: string) => `POST ${path}/subtasks/{id}/cancel`,
} as const
