import { defineQuery, defineUpdate } from '@temporalio/workflow'
import type { SubtaskState, TaskState } from '../plan/states.ts'

/** Runs all failed subtasks again. Refused with OCP's code (the ApplicationFailure's type) unless the task is FAILED. */
export const retryTask = defineUpdate<void>('retryTask')

/** Takes back, in reverse order, what this task made. Refused unless the task is FAILED and its plan allows it. */
export const rollbackTask = defineUpdate<void>('rollbackTask')

/** Runs one failed subtask again; takes the subtask's id. */
export const retrySubtask = defineUpdate<void, [number]>('retrySubtask')

/** Counts a failed subtask as done without running it; takes the subtask's id. */
export const skipSubtask = defineUpdate<void, [number]>('skipSubtask')

/** Stops a running subtask, which then is FAILED; takes the subtask's id. */
export const cancelSubtask = defineUpdate<void, [number]>('cancelSubtask')

/** Where a run is: the task, and its subtasks in the order of their ids. */
export const progress = defineQuery<{ readonly task: TaskState; readonly subtasks: readonly SubtaskState[] }>('progress')
