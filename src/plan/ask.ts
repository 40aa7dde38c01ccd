/** An operation on a task or on one of its subtasks, as the store accepts it. */
export type Ask =
  | { readonly operation: 'retryTask' | 'rollbackTask' }
  | {
      readonly operation: 'retrySubtask' | 'skipSubtask' | 'cancelSubtask'
      readonly subtaskId: number
    }
