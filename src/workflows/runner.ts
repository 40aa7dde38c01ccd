import { defineSearchAttributeKey } from '@temporalio/common'
import {
  ApplicationFailure,
  allHandlersFinished,
  CancellationScope,
  condition,
  patched,
  setCurrentDetails,
  setHandler,
  upsertMemo,
  upsertSearchAttributes,
} from '@temporalio/workflow'
import { expand } from '../plan/expand.ts'
import type { Plan } from '../plan/plan.ts'
import { type Run, searchAttributes } from '../plan/run.ts'
import type { Refusal } from '../plan/states.ts'
import { type Change, createTask } from '../plan/task.ts'
import { describe } from './details.ts'
import * as messages from './messages.ts'
import { startRecorder } from './recorder.ts'
import { cancellable, carryOut } from './subtask.ts'

const statusAttribute = defineSearchAttributeKey(searchAttributes.status, 'KEYWORD')

const refuse = (refusal: Refusal | undefined): void => {
  if (refusal) throw ApplicationFailure.nonRetryable(refusal.args.join(' '), refusal.code, ...refusal.args)
}

/**
 * Runs any plan to its end: the one the task was accepted with, for a release may have another since. A subtask starts as soon as its upstreams
 * are done; one that fails stops only what depends on it, and then the run waits, for days if need be, to be told to retry, skip or roll back. It
 * ends when all is done or all is taken back.
 */
export async function runPlan(current: Plan, run: Run): Promise<void> {
  const plan = run.plan ?? current
  const planned = expand(plan, run)
  const task = createTask(planned, plan)
  const recorder = startRecorder(run, () => task.state)
  const cancels = new Map<number, () => void>()
  let shownStatus = task.state.status
  // Temporal's own "Request Cancellation" would end the run and leave its hosts reserved for good: only what is asked of the task ends it.
  const kept = new CancellationScope({ cancellable: false })

  const show = (): void => {
    setCurrentDetails(describe(plan, run, planned, task))
    if (task.state.status === shownStatus) return
    shownStatus = task.state.status
    upsertSearchAttributes([{ key: statusAttribute, value: shownStatus }])
    recorder.note([])
  }

  /** The one place that starts subtasks: a wide stage is to be sharded into child workflows here. */
  const start = (index: number): void => {
    const subtask = planned[index]
    const state = task.subtasks[index]
    if (!subtask || !state) return
    task.running(index)
    const { outcome, cancel } = cancellable(() => carryOut(run, subtask, state, planned.length))
    cancels.set(index, cancel)
    void outcome.then((ended) => {
      cancels.delete(index)
      const changes = task.finished(index, ended)
      // What an activity did is written where it ran; what it could not write is decided here.
      apply(changes, ended.status === 'FAILED' ? changes : changes.slice(1))
    })
  }

  const apply = (changes: readonly Change[], decided: readonly Change[] = changes): void => {
    const notable = decided.filter(({ state }) => !(state.status === 'READY' && state.operation === 'EXECUTE'))
    if (notable.length > 0)
      recorder.note(notable.map(({ index, state }) => ({ subtaskId: run.firstSubtaskId + index, ...state })))
    for (const { index, state } of changes) if (state.status === 'READY') start(index)
    show()
  }

  const operation = (changes: readonly Change[]): Promise<void> =>
    kept.run(async () => {
      apply(changes)
      // Since 2026-11-24; runs that were asked for something before have no such memo.
      if (patched('operation-in-memo')) upsertMemo({ operation: task.state.operation })
      recorder.note([])
      await recorder.written()
    })
  const indexOf = (subtaskId: number): number => subtaskId - run.firstSubtaskId

  setHandler(messages.progress, () => ({ task: task.state, subtasks: task.subtasks }))
  setHandler(messages.retryTask, () => operation(task.retryTask()), { validator: () => refuse(task.refuse.retryTask()) })
  setHandler(messages.rollbackTask, () => operation(task.rollbackTask()), { validator: () => refuse(task.refuse.rollbackTask()) })
  setHandler(messages.retrySubtask, (id) => operation(task.retrySubtask(indexOf(id))), {
    validator: (id) => refuse(task.refuse.retrySubtask(indexOf(id))),
  })
  setHandler(messages.skipSubtask, (id) => operation(task.skipSubtask(indexOf(id))), {
    validator: (id) => refuse(task.refuse.skipSubtask(indexOf(id))),
  })
  setHandler(
    messages.cancelSubtask,
    async (id) => {
      const changes = task.cancelSubtask(indexOf(id))
      cancels.get(indexOf(id))?.()
      await operation(changes)
    },
    { validator: (id) => refuse(task.refuse.cancelSubtask(indexOf(id))) },
  )

  await kept.run(async () => {
    apply(task.begin())
    await condition(() => task.state.status === 'SUCCESSFUL')
    await recorder.written()
    await condition(allHandlersFinished)
  })
}
