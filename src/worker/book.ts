import { Context } from '@temporalio/activity'
import { ApplicationFailure } from '@temporalio/common'
import { DefiniteError } from '../errors/failure.ts'
import type { TaskBook } from '../plan/run.ts'
import type { Store } from '../store/index.ts'

const workflowId = (): string => Context.current().info.workflowExecution?.workflowId ?? ''

/** A refusal ends the run; all else passes. */
const firm = async <T>(work: Promise<T>): Promise<T> => {
  try {
    return await work
  } catch (error) {
    if (!(error instanceof DefiniteError)) throw error
    throw ApplicationFailure.nonRetryable(error.message, error.reason.code)
  }
}

/** What workflows ask of the store. The store knows which run may ask, by the id Temporal gives. */
export const taskBook = ({ tasks }: Pick<Store, 'tasks'>): TaskBook => ({
  openTask: ({ taskId }) => firm(tasks.open(taskId, workflowId())),
  taskChanges: ({ taskId, since }) => firm(tasks.changes(taskId, workflowId(), since)),
  subtaskFailed: (lost) => firm(tasks.lost(lost, workflowId())),
})
