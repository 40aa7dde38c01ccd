import {
  ActivityCancellationType,
  ActivityFailure,
  ApplicationFailure,
  CancellationScope,
  isCancellation,
  proxyActivities,
  proxyLocalActivities,
  TimeoutFailure,
} from '@temporalio/workflow'
import { type PlannedSubtask, waitNode } from '../plan/expand.ts'
import type { NodeInput } from '../plan/node.ts'
import { limitOf } from '../plan/plan.ts'
import type { Run } from '../plan/run.ts'
import type { FailureCause, SubtaskState } from '../plan/states.ts'
import type { Outcome } from '../plan/task.ts'

type Activities = Record<string, (input: NodeInput) => Promise<void>>

/** A subtask's own timeout is kept by the worker, which counts only time that is worked; this one is for a worker that lost its clock. */
const graceSeconds = 120
/** A worker that is gone is noticed after this long. */
const heartbeatSeconds = 10

/**
 * Which of the subtasks that wait for a worker goes first, 1 before 5: what its whole task waits for before what concerns one host, and the one
 * nearest to its task's end, so that what was begun is finished before more is begun.
 */
const priorityKey = ({ index, host, zone }: PlannedSubtask, subtasks: number, undoing: boolean): number => {
  const done = undoing ? subtasks - 1 - index : index
  return (host === undefined && zone === undefined ? 3 : 5) - Math.floor((3 * done) / subtasks)
}

const { [waitNode]: join } = proxyLocalActivities<Activities>({ startToCloseTimeout: '30s', retry: { maximumInterval: '10s' } })

/** `Install rpm` on 10.0.0.3 is `install-rpm@10.0.0.3`; a later run of it `install-rpm@10.0.0.3#2`. */
const activityId = (subtask: PlannedSubtask, runTime: number, undoing: boolean): string => {
  const name = subtask.name.toLowerCase().replaceAll(' ', '-')
  const target = subtask.host?.ip ?? subtask.zone
  return `${undoing ? 'undo-' : ''}${name}${target === undefined ? '' : `@${target}`}${runTime > 1 ? `#${runTime}` : ''}`
}

const causeOf = (error: unknown): FailureCause => {
  const inner = error instanceof ActivityFailure ? error.cause : error
  if (inner instanceof ApplicationFailure) {
    const details = inner.details?.[0]
    const extra = typeof details === 'object' && details !== null ? details : {}
    return { code: inner.type ?? 'COM10999', message: inner.message, ...extra }
  }
  if (inner instanceof TimeoutFailure)
    return { code: 'TSK10012', message: `no worker finished it in time (${inner.timeoutType ?? 'timeout'})` }
  return { code: 'COM10999', message: inner instanceof Error ? inner.message : String(inner) }
}

/** Carries out one subtask of so many, or takes it back, as one activity. How it ends is a value: this never rejects. */
export async function carryOut(run: Run, subtask: PlannedSubtask, state: SubtaskState, subtasks: number): Promise<Outcome> {
  const undoing = state.operation === 'ROLLBACK'
  const type = undoing ? subtask.undo : subtask.activity
  if (type === undefined) return { status: 'SUCCESSFUL' }
  const hostId = subtask.host?.id ?? run.hostId
  const input: NodeInput = {
    taskId: run.taskId,
    subtaskId: run.firstSubtaskId + subtask.index,
    runTime: state.runTime,
    operation: undoing ? 'ROLLBACK' : state.operation === 'RETRY' ? 'RETRY' : 'EXECUTE',
    name: subtask.name,
    timeoutSeconds: limitOf(subtask.timeoutSeconds),
    ...(run.clusterId !== undefined && { clusterId: run.clusterId }),
    ...(hostId !== undefined && { hostId }),
    ...(run.obproxyClusterId !== undefined && { obproxyClusterId: run.obproxyClusterId }),
    ...(subtask.zone !== undefined && { zone: subtask.zone }),
  }
  try {
    if (type === waitNode) await join?.(input)
    else {
      const target = subtask.host?.ip ?? subtask.zone
      const { [type]: activity } = proxyActivities<Activities>({
        activityId: activityId(subtask, state.runTime, undoing),
        summary: `${undoing ? 'Undo ' : ''}${subtask.name}${target === undefined ? '' : ` · ${target}`}`,
        startToCloseTimeout: (input.timeoutSeconds + graceSeconds) * 1000,
        heartbeatTimeout: heartbeatSeconds * 1000,
        // The default lets the workflow go on while a command still runs on the host.
        cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
        retry: { initialInterval: '500ms', backoffCoefficient: 2, maximumInterval: '10s' },
        priority: { priorityKey: priorityKey(subtask, subtasks, undoing) },
      })
      await activity?.(input)
    }
    return { status: 'SUCCESSFUL' }
  } catch (error) {
    if (isCancellation(error))
      return { status: 'FAILED', cancelled: true, cause: { code: 'TSK10014', message: 'canceled by an operator' } }
    return { status: 'FAILED', cause: causeOf(error) }
  }
}

/** A scope of its own for each subtask, so that one can be cancelled and the others go on. */
export function cancellable(work: () => Promise<Outcome>): { readonly outcome: Promise<Outcome>; readonly cancel: () => void } {
  const scope = new CancellationScope()
  return { outcome: scope.run(work), cancel: () => scope.cancel() }
}
