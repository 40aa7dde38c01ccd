import { type PlannedSubtask, waitNode } from './expand.ts'
import {
  type FailureCause,
  initialState,
  isActive,
  type Refusal,
  type SubtaskState,
  type TaskState,
} from './states.ts'

/** A subtask whose state has just changed. */
export interface Change {
  readonly index: number
  readonly state: SubtaskState
}

export type Outcome =
  | { readonly status: 'SUCCESSFUL' }
  | { readonly status: 'FAILED'; readonly cause: FailureCause; readonly cancelled?: boolean }

/**
 * The state machine of one task, pure: it is told what happened or what is asked, and answers with
 * what changed. Whatever became READY has to be started by the caller. Rules: OCP's task engine
 * (ocp-express `task/`), save that a failure stops only what depends on it.
 */
export interface Task {
  readonly state: TaskState
  readonly subtasks: readonly SubtaskState[]
  /** Subtasks in each status, kept up to date so that wide tasks cost nothing to summarise. */
  readonly counts: Readonly<Record<SubtaskState['status'], number>>
  /** Makes ready what may start; once, at the beginning. */
  begin(): Change[]
  running(index: number): Change[]
  finished(index: number, outcome: Outcome): Change[]
  retryTask(): Change[]
  rollbackTask(): Change[]
  retrySubtask(index: number): Change[]
  skipSubtask(index: number): Change[]
  cancelSubtask(index: number): Change[]
  /** Why an operation may not be done now, or undefined when it may. */
  refuse: {
    retryTask(): Refusal | undefined
    rollbackTask(): Refusal | undefined
    retrySubtask(index: number): Refusal | undefined
    skipSubtask(index: number): Refusal | undefined
    cancelSubtask(index: number): Refusal | undefined
  }
}

/** States of a task and its subtasks as they were kept, to go on from. */
export interface StoredTask {
  readonly state: TaskState
  /** In the order of the plan; a subtask that is missing has not begun. */
  readonly subtasks: readonly SubtaskState[]
}

/** A task as it is accepted. */
const fresh: StoredTask = { state: { status: 'RUNNING', operation: 'EXECUTE' }, subtasks: [] }

/** The state machine of a plan's subtasks, from the start or from stored states. */
export function createTask(
  planned: readonly PlannedSubtask[],
  { prohibitRollback }: { readonly prohibitRollback: boolean },
  stored: StoredTask = fresh,
): Task {
  const subtasks: SubtaskState[] = planned.map(
    ({ index }) => stored.subtasks[index] ?? initialState,
  )
  const counts = { PENDING: 0, READY: 0, RUNNING: 0, CANCELING: 0, FAILED: 0, SUCCESSFUL: 0 }
  for (const { status } of subtasks) counts[status] += 1
  const among = (neighbours: readonly number[], status: SubtaskState['status']): number =>
    neighbours.filter((index) => subtasks[index]?.status === status).length
  // Neighbours in the way: of running (upstreams not SUCCESSFUL), of undoing (downstreams begun).
  const unmetUpstreams = planned.map(
    ({ upstreams }) => upstreams.length - among(upstreams, 'SUCCESSFUL'),
  )
  const unmetDownstreams = planned.map(
    ({ downstreams }) => downstreams.length - among(downstreams, 'PENDING'),
  )
  let { state } = stored

  const at = (index: number): { plan: PlannedSubtask; now: SubtaskState } => {
    const plan = planned[index]
    const now = subtasks[index]
    if (!plan || !now) throw new RangeError(`no subtask ${index}`)
    return { plan, now }
  }

  const count = (neighbours: readonly number[], counters: number[], by: number): void => {
    for (const neighbour of neighbours) counters[neighbour] = (counters[neighbour] ?? 0) + by
  }

  const move = (index: number, next: SubtaskState): Change => {
    const { plan, now } = at(index)
    const before = now.status
    subtasks[index] = next
    counts[before] -= 1
    counts[next.status] += 1
    if ((before === 'SUCCESSFUL') !== (next.status === 'SUCCESSFUL'))
      count(plan.downstreams, unmetUpstreams, before === 'SUCCESSFUL' ? 1 : -1)
    if ((before === 'PENDING') !== (next.status === 'PENDING'))
      count(plan.upstreams, unmetDownstreams, before === 'PENDING' ? 1 : -1)
    return { index, state: next }
  }

  const settle = (): void => {
    if (counts.READY + counts.RUNNING + counts.CANCELING > 0) return
    const done = state.operation === 'ROLLBACK' ? counts.PENDING : counts.SUCCESSFUL
    if (done === planned.length) state = { ...state, status: 'SUCCESSFUL' }
    else if (counts.FAILED > 0) state = { ...state, status: 'FAILED' }
  }

  /** Makes ready what may start; a join has nothing to do and is passed at once. */
  const readyForward = (candidates: readonly number[]): Change[] => {
    const changes: Change[] = []
    const queue = [...candidates]
    for (let index = queue.shift(); index !== undefined; index = queue.shift()) {
      const { plan, now } = at(index)
      if (now.status !== 'PENDING' || unmetUpstreams[index] !== 0) continue
      const join = plan.activity === waitNode
      changes.push(move(index, { ...now, status: join ? 'SUCCESSFUL' : 'READY' }))
      if (join) queue.push(...plan.downstreams)
    }
    return changes
  }

  /**
   * Takes back what can be taken back at once: subtasks that made nothing become PENDING here, the
   * others READY.
   */
  const readyBackward = (candidates: readonly number[]): Change[] => {
    const changes: Change[] = []
    const queue = [...candidates]
    for (let index = queue.shift(); index !== undefined; index = queue.shift()) {
      const { plan, now } = at(index)
      if (now.status === 'PENDING' || isActive(now.status) || unmetDownstreams[index] !== 0)
        continue
      if (plan.undo === undefined) {
        changes.push(
          move(index, { status: 'PENDING', operation: 'ROLLBACK', runTime: now.runTime }),
        )
        queue.push(...plan.upstreams)
      } else
        changes.push(
          move(index, { status: 'READY', operation: 'ROLLBACK', runTime: now.runTime + 1 }),
        )
    }
    return changes
  }

  const rerun = (index: number): Change =>
    move(index, { status: 'READY', operation: 'RETRY', runTime: at(index).now.runTime + 1 })
  const failed = (): number[] =>
    planned.map((subtask) => subtask.index).filter((index) => at(index).now.status === 'FAILED')
  // A task that is rolled back refuses what any other FAILED one allows: the state says so.
  const wrongState = (what: string, status: string): Refusal => ({
    code: 'TSK10007',
    args: [what, rollingBack() ? `${status} (ROLLBACK)` : status],
  })
  const missing = (index: number): Refusal | undefined =>
    subtasks[index] ? undefined : { code: 'TSK10001', args: [String(index)] }
  const rollingBack = (): boolean => state.operation === 'ROLLBACK'

  return {
    get state() {
      return state
    },
    subtasks,
    counts,
    begin: () =>
      readyForward(
        planned.filter((subtask) => subtask.upstreams.length === 0).map((subtask) => subtask.index),
      ),
    running: (index) =>
      at(index).now.status === 'READY'
        ? [move(index, { ...at(index).now, status: 'RUNNING' })]
        : [],
    finished(index, outcome) {
      const { plan, now } = at(index)
      // A stale attempt may end after a newer one, or after the task moved on.
      if (!isActive(now.status)) return []
      const changes: Change[] = []
      if (outcome.status === 'FAILED') {
        const operation = outcome.cancelled ? 'CANCEL' : now.operation
        changes.push(
          move(index, { status: 'FAILED', operation, runTime: now.runTime, cause: outcome.cause }),
        )
      } else if (rollingBack()) {
        changes.push(
          move(index, { status: 'PENDING', operation: now.operation, runTime: now.runTime }),
          ...readyBackward(plan.upstreams),
        )
      } else {
        changes.push(
          move(index, { status: 'SUCCESSFUL', operation: now.operation, runTime: now.runTime }),
          ...readyForward(plan.downstreams),
        )
      }
      settle()
      return changes
    },
    retryTask() {
      state = { status: 'RUNNING', operation: 'RETRY' }
      return failed().map(rerun)
    },
    rollbackTask() {
      state = { status: 'RUNNING', operation: 'ROLLBACK' }
      const changes = readyBackward(planned.map((subtask) => subtask.index).reverse())
      settle()
      return changes
    },
    retrySubtask(index) {
      state = { status: 'RUNNING', operation: 'RETRY' }
      return [rerun(index)]
    },
    skipSubtask(index) {
      const { plan, now } = at(index)
      state = { ...state, status: 'RUNNING' }
      const changes = rollingBack()
        ? [
            move(index, { status: 'PENDING', operation: 'ROLLBACK_SKIP', runTime: now.runTime }),
            ...readyBackward(plan.upstreams),
          ]
        : [
            move(index, { status: 'SUCCESSFUL', operation: 'SKIP', runTime: now.runTime }),
            ...readyForward(plan.downstreams),
          ]
      settle()
      return changes
    },
    cancelSubtask: (index) => [
      move(index, { ...at(index).now, status: 'CANCELING', operation: 'CANCEL' }),
    ],
    refuse: {
      retryTask: () =>
        state.status === 'FAILED' && !rollingBack() ? undefined : wrongState('task', state.status),
      rollbackTask() {
        if (state.status !== 'FAILED') return wrongState('task', state.status)
        return prohibitRollback ? { code: 'TSK10009', args: ['task'] } : undefined
      },
      retrySubtask(index) {
        const status = subtasks[index]?.status
        return (
          missing(index) ??
          (status === 'FAILED' && !rollingBack()
            ? undefined
            : wrongState(String(index), String(status)))
        )
      },
      skipSubtask(index) {
        const none = missing(index)
        if (none) return none
        const { plan, now } = at(index)
        if (now.status !== 'FAILED') return wrongState(String(index), now.status)
        return plan.prohibitSkip && !rollingBack()
          ? { code: 'TSK10010', args: [plan.name] }
          : undefined
      },
      cancelSubtask(index) {
        const status = subtasks[index]?.status
        return (
          missing(index) ??
          (status === 'RUNNING' ? undefined : wrongState(String(index), String(status)))
        )
      },
    },
  }
}
