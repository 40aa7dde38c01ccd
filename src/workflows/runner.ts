import { defineSearchAttributeKey } from '@temporalio/common'
import {
  ApplicationFailure,
  allHandlersFinished,
  CancellationScope,
  condition,
  continueAsNew,
  defineUpdate,
  proxyActivities,
  setCurrentDetails,
  setHandler,
  sleep,
  upsertMemo,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow'
import { expand } from '../plan/expand.ts'
import {
  maxActive,
  type Progress,
  searchAttributes,
  type TaskBook,
  type TaskRef,
} from '../plan/run.ts'
import { createTaskCopy, type Due } from '../plan/taskCopy.ts'
import { describe } from './details.ts'
import * as messages from './messages.ts'
import { noteEnd } from './runEnd.ts'
import { carryOut } from './subtask.ts'

const statusAttribute = defineSearchAttributeKey(searchAttributes.status, 'KEYWORD')

/** Ordinary activities: however long the store is down, the history grows by nothing. */
const { openTask, taskChanges, subtaskFailed } = proxyActivities<TaskBook>({
  startToCloseTimeout: '1m',
  retry: { maximumInterval: '10s' },
})

/**
 * A history that Temporal finds long enough is ended, and the run goes on under a new one. What is
 * under way has so long to end; meanwhile nothing is started. A host that does not answer must not
 * hold up the others: then all goes on, and it is tried again so many events later.
 */
const maxHold = '10s'
const holdAgainAfter = 4000

/**
 * Runs any task to its end. Plan, targets and states are the store's; this run starts what is due
 * there as soon as it is due, and waits, for days if need be, while the task is FAILED. Operators'
 * decisions are accepted in the store; the signal `changed` only says that there is one. A run that
 * Temporal lost, terminated or reset is thus replaced by any other of the same id.
 */
export async function runTask({ taskId }: TaskRef): Promise<void> {
  let accepted = false
  const wake = (): void => {
    accepted = true
  }
  setHandler(messages.changed, wake)
  for (const [name, call] of Object.entries(messages.operations)) {
    const validator = (): void => refuse(call(`/api/v2/tasks/${taskId}`))
    setHandler(defineUpdate(name), () => undefined, { validator })
  }

  // Temporal's own "Request Cancellation" changes nothing: only the task's operations end it.
  await CancellationScope.nonCancellable(async () => {
    const opened = await openTask({ taskId })
    const { run } = opened
    const planned = expand(run.plan, run)
    const copy = createTaskCopy(planned.length)
    /** The scope of each subtask that is under way, and the run of it. */
    const active = new Map<
      number,
      { readonly runTime: number; readonly scope: CancellationScope }
    >()
    /** What is to be started as soon as there is room for it. */
    const due = new Set<number>()
    let shown = copy.state
    let holdFrom = 0
    let holding = false

    const start = (index: number): void => {
      const subtask = planned[index]
      const state = copy.subtasks[index]
      if (!subtask || !state || active.get(index)?.runTime === state.runTime) return
      if (state.status !== 'READY' && state.status !== 'RUNNING') return
      const scope = new CancellationScope()
      active.set(index, { runTime: state.runTime, scope })
      copy.scheduled(index)
      const call = {
        taskId,
        subtaskId: run.firstSubtaskId + index,
        runTime: state.runTime,
        since: copy.revision,
      }
      const done = (progress: Progress): void => {
        if (active.get(index)?.scope === scope) active.delete(index)
        apply(progress)
        lookAgain(index, call.runTime)
      }
      // No async function here: the SDK keeps a stack trace of each promise, and hundreds of
      // subtasks may start at once.
      void scope
        .run(() => carryOut(call, subtask, state, planned.length))
        .then(done, () => void subtaskFailed(call).then(done))
    }

    /**
     * After an activity that was not due and brought nothing new: the copy is wrong, not the store.
     */
    const lookAgain = (index: number, runTime: number): void => {
      const { status, runTime: now } = copy.subtasks[index] ?? {}
      if (active.has(index) || now !== runTime || (status !== 'RUNNING' && status !== 'READY'))
        return
      void readAgain()
    }
    const readAgain = async (): Promise<void> => {
      await sleep('5s')
      carryOn(copy.reset(await openTask({ taskId })))
    }

    /** Waits for what is under way, so that the run can go on under a new, short history. */
    const hold = async (): Promise<void> => {
      holding = true
      const idle = await condition(() => active.size === 0, maxHold)
      holding = false
      if (idle) return
      holdFrom = workflowInfo().historyLength + holdAgainAfter
      fill()
    }

    const long = (): boolean => workflowInfo().continueAsNewSuggested
    const renewable = (): boolean => active.size === 0 && long()

    const fill = (): void => {
      if (holding || renewable()) return
      if (long() && workflowInfo().historyLength >= holdFrom) {
        void hold()
        return
      }
      for (const index of due) {
        if (active.size >= maxActive) return
        due.delete(index)
        start(index)
      }
    }

    const giveUp = (index: number): void => {
      due.delete(index)
      const running = active.get(index)
      if (running) {
        running.scope.cancel()
        return
      }
      // Canceled between two attempts of a run, or before this run: nothing is under way.
      const { runTime = 0 } = copy.subtasks[index] ?? {}
      const call = { taskId, subtaskId: run.firstSubtaskId + index, runTime, since: copy.revision }
      void subtaskFailed(call).then(apply)
    }

    const carryOn = ({ start: ready, cancel }: Due): void => {
      for (const index of ready) due.add(index)
      for (const index of cancel) giveUp(index)
      fill()
      show()
    }
    const apply = (progress: Progress): void => carryOn(copy.apply(progress))

    const show = (): void => {
      setCurrentDetails(describe(run, planned, copy))
      const before = shown
      shown = copy.state
      if (shown.status !== before.status)
        upsertSearchAttributes([{ key: statusAttribute, value: shown.status }])
      if (shown.operation !== before.operation) upsertMemo({ operation: shown.operation })
    }

    setHandler(messages.progress, () => ({
      task: copy.state,
      subtasks: copy.subtasks.map((state, index) => ({
        id: run.firstSubtaskId + index,
        name: planned[index]?.name ?? '',
        ...(planned[index]?.host && { host: planned[index].host.ip }),
        ...state,
      })),
    }))

    carryOn(copy.reset(opened))
    const ended = (): boolean =>
      (copy.state.status === 'SUCCESSFUL' || copy.state.ended === true) && active.size === 0
    for (;;) {
      await condition(() => accepted || ended() || renewable())
      if (ended() && !accepted) break
      // The next run of this id reads all of it from the store.
      if (renewable()) {
        noteEnd(taskId, false)
        await continueAsNew<typeof runTask>({ taskId })
      }
      accepted = false
      apply(await taskChanges({ taskId, since: copy.revision }))
    }
    await condition(allHandlersFinished)
    noteEnd(taskId, copy.state.status === 'FAILED')
  })
}

const refuse = (call: string): never => {
  const message = `Operations are accepted by obflow's API, which knows who may do them: ${call}`
  throw ApplicationFailure.nonRetryable(message, 'UseTheApi')
}
