import type { Progress } from './run.ts'
import { initialState, type SubtaskState, type SubtaskStatus, type TaskState } from './states.ts'

/** What has to be done after changes were taken over. */
export interface Due {
  /** To be started, unless that run of the subtask is under way already. */
  readonly start: readonly number[]
  readonly cancel: readonly number[]
}

/**
 * The copy of a task's states that a workflow keeps. The store decides; the copy takes its changes
 * over in any order, since each state carries its revision. Pure.
 */
export interface TaskCopy {
  readonly state: TaskState
  /** Up to here nothing is missing. */
  readonly revision: number
  readonly subtasks: readonly SubtaskState[]
  /** The subtasks in each status, by index. */
  readonly withStatus: Readonly<Record<SubtaskStatus, ReadonlySet<number>>>
  /** Takes changes over, where they are newer. */
  apply(progress: Progress): Due
  /** Takes all states of a task over, also older ones, as after a restored backup. */
  reset(opened: Progress): Due
  /** The subtask's activity was scheduled. */
  scheduled(index: number): void
}

/** A copy of so many subtasks, none of which has begun. */
export function createTaskCopy(size: number): TaskCopy {
  const subtasks: SubtaskState[] = Array.from({ length: size }, () => initialState)
  const revisions: number[] = subtasks.map(() => 0)
  const withStatus: Record<SubtaskStatus, Set<number>> = {
    PENDING: new Set(subtasks.keys()),
    READY: new Set(),
    RUNNING: new Set(),
    CANCELING: new Set(),
    FAILED: new Set(),
    SUCCESSFUL: new Set(),
  }
  let state: TaskState = { status: 'RUNNING', operation: 'EXECUTE' }
  let revision = 0
  let seen = 0

  const set = (index: number, next: SubtaskState): void => {
    withStatus[subtasks[index]?.status ?? 'PENDING'].delete(index)
    withStatus[next.status].add(index)
    subtasks[index] = next
  }

  const take = (changes: Progress['changes']): Due => {
    for (const { index, revision: changed, ...next } of changes) {
      revisions[index] = changed
      set(index, next)
    }
    const among = (...statuses: SubtaskStatus[]): number[] =>
      changes.filter(({ status }) => statuses.includes(status)).map(({ index }) => index)
    return { start: among('READY', 'RUNNING'), cancel: among('CANCELING') }
  }

  return {
    get state() {
      return state
    },
    get revision() {
      return revision
    },
    subtasks,
    withStatus,
    apply({ changes, complete, ...at }) {
      if (at.revision >= seen) {
        state = at.task
        seen = at.revision
      }
      if (complete) revision = Math.max(revision, at.revision)
      return take(
        changes.filter(({ index, revision: changed }) => changed > (revisions[index] ?? size)),
      )
    },
    reset({ changes, task, revision: at }) {
      state = task
      seen = at
      revision = at
      for (const index of subtasks.keys()) {
        revisions[index] = 0
        set(index, initialState)
      }
      return take(changes)
    },
    scheduled(index) {
      const now = subtasks[index]
      if (now?.status === 'READY') set(index, { ...now, status: 'RUNNING' })
    },
  }
}
