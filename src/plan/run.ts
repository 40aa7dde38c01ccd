import type { HostTarget } from './expand.ts'
import type { NodeCall } from './node.ts'
import type { Plan } from './plan.ts'
import type { SubtaskState, TaskState } from './states.ts'

/** The input of every operation's workflow. All else it reads from the store. */
export interface TaskRef {
  readonly taskId: number
}

/**
 * Subtasks of one run that are under way at once, however wide the task is. Temporal refuses more
 * than 2,000 activities of a run; a worker takes 200 at a time.
 */
export const maxActive = 400

/** What a task was accepted with: ids and addresses, nothing secret, nothing long. */
export interface Run extends TaskRef {
  /** Subtask ids are consecutive from here, in the order of `expand`. */
  readonly firstSubtaskId: number
  readonly creator: string
  readonly clusterName?: string
  readonly hosts: readonly HostTarget[]
  readonly zones: readonly string[]
  readonly plan: Plan
}

/** A subtask's state in the store; of two states the one of the higher revision is newer. */
export interface StoredState extends SubtaskState {
  readonly index: number
  readonly revision: number
}

/** Changes of a task, and its state at a revision. */
export interface Progress {
  readonly revision: number
  readonly task: TaskState
  /**
   * Whether nothing that happened up to this revision is missing; else only what one subtask's end
   * changed.
   */
  readonly complete: boolean
  readonly changes: readonly StoredState[]
}

/** A task and all of its subtasks' states, less those that have not begun. */
export interface OpenedTask extends Progress {
  readonly run: Run
}

/** What a workflow asks of the store, as activities. Each refuses a run that is not the task's. */
export interface TaskBook {
  /** The task as it stands. */
  openTask(task: TaskRef): Promise<OpenedTask>
  /** What has changed since. */
  taskChanges(known: TaskRef & { readonly since: number }): Promise<Progress>
  /** Ends this run of a subtask if it is being canceled; its activity is over. */
  subtaskFailed(run: NodeCall): Promise<Progress>
}

const kebab = (name: string): string =>
  name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)

/** A task's workflow id, e.g. `create-cluster-terran-1000`; `subject` is what the task is about. */
export const workflowId = (operation: string, subject: string, taskId: number): string =>
  [kebab(operation), subject, taskId].filter((part) => part !== '').join('-')

/** Search attributes of every run; Keyword each. */
export const searchAttributes = {
  cluster: 'ObflowCluster',
  status: 'ObflowTaskStatus',
  creator: 'ObflowCreator',
} as const
