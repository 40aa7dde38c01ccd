import { condition, proxyLocalActivities } from '@temporalio/workflow'
import type { Recorder, Run, SubtaskChange } from '../plan/run.ts'
import type { TaskState } from '../plan/states.ts'

/** Larger batches would make one local activity's input too long for a wide task. */
const batchSize = 500

const { record } = proxyLocalActivities<Recorder>({ startToCloseTimeout: '30s', retry: { maximumInterval: '10s' } })

/** Brings the workflow's decisions to the store, in order and several at a time; retried until the store takes them. */
export function startRecorder(run: Run, state: () => TaskState) {
  const waiting: SubtaskChange[] = []
  let noted = 0
  let written = 0
  let flushing = false

  const flush = async (): Promise<void> => {
    if (flushing) return
    flushing = true
    // Decisions of the same moment go in one batch.
    await Promise.resolve()
    while (written < noted) {
      const upTo = noted
      const changes = waiting.splice(0)
      for (let start = 0; start < Math.max(changes.length, 1); start += batchSize) {
        await record({ taskId: run.taskId, changes: changes.slice(start, start + batchSize), task: state() })
      }
      written = upTo
    }
    flushing = false
  }

  return {
    /** Notes decisions; an empty list notes the task's state alone. */
    note(changes: readonly SubtaskChange[]): void {
      waiting.push(...changes)
      noted += 1
      void flush()
    },
    /** Resolves when all that was noted so far is in the store. */
    async written(): Promise<void> {
      const upTo = noted
      await condition(() => written >= upTo)
    },
  }
}
