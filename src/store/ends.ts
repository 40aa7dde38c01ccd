import type { Progress } from '../plan/run.ts'
import type { SubtaskStatus } from '../plan/states.ts'
import type { Outcome } from '../plan/task.ts'
import type { Db } from './db.ts'
import type { NewLogLine } from './logLines.ts'
import { type OpenMachine, readMachine, writeChanges } from './taskMachine.ts'

/** One run of a subtask. */
export interface SubtaskRunRef {
  readonly taskId: number
  readonly subtaskId: number
  readonly runTime: number
}

export interface EndOptions {
  /** When it ended; absent: now. */
  readonly at?: Date | undefined
  /** What is still to be written of its log, with its end. */
  readonly lines?: readonly NewLogLine[]
  /** Only a subtask in this status is ended. */
  readonly from?: SubtaskStatus
}

interface End extends EndOptions {
  readonly run: SubtaskRunRef
  readonly outcome: Outcome
  readonly done: (progress: Progress | undefined) => void
  readonly lost: (error: unknown) => void
}

/** Machines of tasks that ended something lately. */
const maxKept = 50

/**
 * Writes how runs of subtasks ended. Of one task they are written one statement after the other;
 * those that end while one is under way are written together by the next, so that a thousand hosts
 * at once cost a few statements. The machine that wrote last is kept: only after somebody else has
 * changed the task its states are read again.
 */
export function subtaskEnds(db: Db) {
  const kept = new Map<number, OpenMachine>()
  const waiting = new Map<number, End[]>()

  const keep = (open: OpenMachine, revision: number): void => {
    const { row, machine } = open
    if (machine.state.status === 'SUCCESSFUL') return
    const oldest = kept.keys().next().value
    if (kept.size >= maxKept && oldest !== undefined) kept.delete(oldest)
    kept.set(row.id, { ...open, row: { ...row, revision } })
  }

  /** What each end changes; the machine has taken it over. */
  const take = ({ row, machine }: OpenMachine, ends: readonly End[]) =>
    ends.map(({ run, outcome, from }) => {
      const index = run.subtaskId - row.firstSubtaskId
      const now = machine.subtasks[index]
      const current = now?.runTime === run.runTime && (from === undefined || now.status === from)
      return current ? machine.finished(index, outcome) : []
    })

  const write = async (taskId: number, ends: readonly End[]): Promise<(Progress | undefined)[]> => {
    let known = kept.get(taskId)
    for (;;) {
      // Kept again only as what was written, so that a failure leaves nothing half done in memory.
      kept.delete(taskId)
      const open = known ?? (await readMachine(db, taskId))
      if (open === undefined) return ends.map(() => undefined)
      const changes = take(open, ends)
      const fresh = known === undefined
      known = undefined
      // Of what the kept machine does not know, the store may know more.
      if (!fresh && changes.some((some) => some.length === 0)) continue
      if (changes.every((some) => some.length === 0)) return ends.map(() => undefined)
      const at = ends[0]?.at ?? new Date()
      const lines = ends.flatMap((end, place) =>
        changes[place]?.length === 0 ? [] : (end.lines ?? []),
      )
      const written = await writeChanges(db, open, changes.flat(), { at, lines })
      if (written === undefined) continue
      keep(open, written.revision)
      const stored = new Map(written.changes.map((change) => [change.index, change]))
      return changes.map((some) =>
        some.length === 0
          ? undefined
          : {
              ...written,
              changes: [...new Set(some.map(({ index }) => index))].flatMap(
                (index) => stored.get(index) ?? [],
              ),
            },
      )
    }
  }

  const writeAll = async (taskId: number, queue: End[]): Promise<void> => {
    while (queue.length > 0) {
      const ends = queue.splice(0)
      try {
        const written = await write(taskId, ends)
        for (const [place, { done }] of ends.entries()) done(written[place])
      } catch (error) {
        for (const { lost } of ends) lost(error)
      }
    }
    waiting.delete(taskId)
  }

  /**
   * Ends a run of a subtask. Resolves to what that changed, or to nothing when the run had ended or
   * the subtask had moved on already.
   */
  return (
    run: SubtaskRunRef,
    outcome: Outcome,
    options: EndOptions = {},
  ): Promise<Progress | undefined> =>
    new Promise((done, lost) => {
      const end = { ...options, run, outcome, done, lost }
      const queue = waiting.get(run.taskId)
      if (queue) {
        queue.push(end)
        return
      }
      const started = [end]
      waiting.set(run.taskId, started)
      void writeAll(run.taskId, started)
    })
}
