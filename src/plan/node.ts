/** All that an activity is told: references. It reads the rest from the store, so that no fact or secret enters the history. */
export interface NodeInput {
  readonly taskId: number
  readonly subtaskId: number
  /** Counts executions from 1, as OCP's `runTime` does. */
  readonly runTime: number
  /** OCP's words for why it runs. */
  readonly operation: 'EXECUTE' | 'RETRY' | 'ROLLBACK'
  readonly name: string
  /** Seconds that may be spent on it. */
  readonly timeoutSeconds: number
  readonly clusterId?: number
  readonly hostId?: number
  readonly obproxyClusterId?: number
  readonly zone?: string
}
