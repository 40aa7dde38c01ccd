/** What may be asked of a task that runs; the names are those of the workflow's updates (src/workflows/messages.ts). */
export type Ask =
  | { readonly operation: 'retryTask' | 'rollbackTask' }
  | { readonly operation: 'retrySubtask' | 'skipSubtask' | 'cancelSubtask'; readonly subtaskId: number }
