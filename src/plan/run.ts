import type { HostTarget } from './expand.ts'
import type { Plan } from './plan.ts'
import type { SubtaskState, TaskState } from './states.ts'

/** The input of every operation's workflow: ids and addresses, nothing secret, nothing long. */
export interface Run {
  readonly taskId: number
  /** Subtask ids are consecutive from here, in the order of `expand`. */
  readonly firstSubtaskId: number
  readonly creator: string
  readonly clusterId?: number
  readonly clusterName?: string
  /** The one host that the whole task is about (Prepare host). */
  readonly hostId?: number
  readonly obproxyClusterId?: number
  readonly hosts: readonly HostTarget[]
  readonly zones: readonly string[]
  /** The plan the task was accepted with. Absent of runs from before it travelled along: those go by the one in the code. */
  readonly plan?: Plan
}

/** What the workflow decided about a subtask, for the store. */
export interface SubtaskChange extends SubtaskState {
  readonly subtaskId: number
}

/** A batch of decisions of one task. `task` is the state after them. */
export interface Decisions {
  readonly taskId: number
  readonly changes: readonly SubtaskChange[]
  readonly task: TaskState
}

/** What the workflow asks of the worker it runs on, as local activities. */
export interface Recorder {
  /** Writes decisions to the store: skips, retries, cancellations, failures that no activity could report, the task's state. */
  record(decisions: Decisions): Promise<void>
}

/** The operations that have a workflow, by its type name in Temporal, and what its ids begin with. */
const idPrefix = {
  createCluster: 'create-cluster',
  createObproxyCluster: 'create-obproxy-cluster',
  createStandbyCluster: 'create-standby-cluster',
  deleteCluster: 'delete-cluster',
  deleteStandbyCluster: 'delete-standby-cluster',
  deleteObproxyCluster: 'delete-obproxy-cluster',
  linkObproxy: 'link-obproxy',
  prepareHost: 'prepare-host',
  unlinkObproxy: 'unlink-obproxy',
} as const

export type WorkflowName = keyof typeof idPrefix

export const isWorkflow = (name: string): name is WorkflowName => Object.hasOwn(idPrefix, name)

/** A task's workflow id, e.g. `create-cluster-1000`. */
export const workflowId = (workflow: WorkflowName, taskId: number): string => `${idPrefix[workflow]}-${taskId}`

/** Search attributes of every run; Keyword each. */
export const searchAttributes = { cluster: 'ObflowCluster', status: 'ObflowTaskStatus', creator: 'ObflowCreator' } as const
