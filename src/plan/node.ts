/**
 * The input of a node's activity in Temporal: which run of which subtask. What the subtask is and
 * whether it is due, the activity learns from the store.
 */
export interface NodeCall {
  readonly taskId: number
  readonly subtaskId: number
  /** Counts executions from 1, as OCP's `runTime` does. */
  readonly runTime: number
  /** The revision of the task that the workflow knows. */
  readonly since: number
}

/** What a node works on, as the store has it. */
export interface NodeInput {
  readonly taskId: number
  readonly subtaskId: number
  readonly runTime: number
  /** OCP's words for why it runs. */
  readonly operation: 'EXECUTE' | 'RETRY' | 'ROLLBACK'
  /** The operation whose task this is, e.g. `createCluster`. */
  readonly workflow: string
  readonly name: string
  /** Seconds that may be spent on it. */
  readonly timeoutSeconds: number
  readonly clusterId?: number
  readonly hostId?: number
  readonly obproxyClusterId?: number
  readonly zone?: string
}
