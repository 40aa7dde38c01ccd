import { ActivityCancellationType, proxyActivities } from '@temporalio/workflow'
import type { PlannedSubtask } from '../plan/expand.ts'
import type { NodeCall } from '../plan/node.ts'
import { limitOf } from '../plan/plan.ts'
import type { Progress } from '../plan/run.ts'
import type { SubtaskState } from '../plan/states.ts'

type Activities = Record<string, (call: NodeCall) => Promise<Progress>>

/** A subtask's own timeout is kept by the worker; this much later Temporal ends the attempt. */
const graceSeconds = 120
/** A lost worker is noticed after this long. */
const heartbeatSeconds = 10

/**
 * Queue priority, 1 (first) to 5: single subtasks before per-host ones, later stages before earlier
 * ones, so that started tasks finish first.
 */
const priorityKey = (
  { index, host }: PlannedSubtask,
  subtasks: number,
  undoing: boolean,
): number => {
  const done = undoing ? subtasks - 1 - index : index
  return (host === undefined ? 3 : 5) - Math.floor((3 * done) / subtasks)
}

/**
 * `Install rpm` on 10.0.0.3 is `install-rpm@10.0.0.3`; a later run of it `install-rpm@10.0.0.3#2`.
 */
const activityId = (subtask: PlannedSubtask, runTime: number, undoing: boolean): string => {
  const name = subtask.name.toLowerCase().replaceAll(' ', '-')
  const target = subtask.host?.ip ?? subtask.zone
  const run = runTime > 1 ? `#${runTime}` : ''
  return `${undoing ? 'undo-' : ''}${name}${target === undefined ? '' : `@${target}`}${run}`
}

/**
 * Carries out one run of a subtask, one of so many, as one activity. Rejects when that failed or
 * was canceled, and the store says why. Throws TypeError when the subtask has no such activity.
 */
export function carryOut(
  call: NodeCall,
  subtask: PlannedSubtask,
  state: SubtaskState,
  subtasks: number,
): Promise<Progress> {
  const undoing = state.operation === 'ROLLBACK'
  const type = undoing ? subtask.undo : subtask.activity
  if (type === undefined) throw new TypeError(`"${subtask.name}" has nothing to undo`)
  const target = subtask.host?.ip ?? subtask.zone
  const where = target === undefined ? '' : ` · ${target}`
  const { [type]: activity } = proxyActivities<Activities>({
    activityId: activityId(subtask, state.runTime, undoing),
    summary: `${undoing ? 'Undo ' : ''}${subtask.name}${where}`,
    startToCloseTimeout: (limitOf(subtask.timeoutSeconds) + graceSeconds) * 1000,
    heartbeatTimeout: heartbeatSeconds * 1000,
    // The default lets the workflow go on while a command still runs on the host.
    cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
    retry: { initialInterval: '500ms', backoffCoefficient: 2, maximumInterval: '10s' },
    priority: { priorityKey: priorityKey(subtask, subtasks, undoing) },
  })
  if (activity === undefined) throw new TypeError(`no activity is called ${type}`)
  return activity(call)
}
