import { isDeepStrictEqual } from 'node:util'
import type { Store, Subtask, TaskNews, TaskWithSubtasks } from '../../store/index.ts'
import { compactChanges, compactTask, showSubtask, showTask, showTaskState } from '../tasks/show.ts'
import { type Feed, perTelling, type Telling } from './feed.ts'
import { frame } from './frame.ts'

/** A subtask, and the poll that saw it change last. */
interface Held {
  readonly subtask: Subtask
  readonly poll: number
}

const atWork = ({ status }: Subtask): boolean => status === 'RUNNING' || status === 'CANCELING'

/** What may change without a revision. */
const differs = (held: Subtask, now: Subtask): boolean =>
  held.revision !== now.revision ||
  held.status !== now.status ||
  held.attempt !== now.attempt ||
  !isDeepStrictEqual(held.lastMessage, now.lastMessage) ||
  held.executor !== now.executor ||
  held.startTime?.getTime() !== now.startTime?.getTime()

const hasEnded = ({ status, finishTime }: Pick<TaskNews, 'status' | 'finishTime'>): boolean =>
  status === 'SUCCESSFUL' || (status === 'FAILED' && finishTime !== null)

/**
 * A task as it goes on. The id of an event is the task's revision, which every API process knows: a
 * reader may come back to another one. Its cursor here is the poll it was told of.
 */
export function taskFeed(store: Store, taskId: number): Feed {
  let task: TaskWithSubtasks | undefined
  let state: Omit<TaskNews, 'subtasks'> | undefined
  let polls = 0
  const held = new Map<number, Held>()

  const wholes = perTelling((telling) => {
    if (task === undefined || state === undefined) throw new Error('read before it is told')
    const now = { ...task, ...state, subtasks: [...held.values()].map(({ subtask }) => subtask) }
    const data = telling.compact ? compactTask(now, telling) : showTask(now, telling)
    return frame('task', state.revision, data)
  })
  const changesFrom = (telling: Telling, changed: readonly Subtask[]) => {
    if (state === undefined) throw new Error('read before it is told')
    const told = telling.compact
      ? compactChanges(changed, telling)
      : { subtasks: changed.map((subtask) => showSubtask(subtask, telling)) }
    return frame('changes', state.revision, { task: showTaskState(state), ...told })
  }
  /** By cursor: readers who are behind are behind by the same few polls. */
  const changes = new Map<number, ReturnType<typeof perTelling<Buffer>>>()
  const changesAfter = (cursor: number, telling: Telling): Buffer => {
    const found =
      changes.get(cursor) ?? perTelling((each) => changesFrom(each, changedAfter(cursor)))
    changes.set(cursor, found)
    return found.of(telling)
  }

  const changedAfter = (cursor: number): Subtask[] =>
    [...held.values()].filter(({ poll }) => poll > cursor).map(({ subtask }) => subtask)

  const take = ({ subtasks, ...now }: TaskNews): void => {
    const changed = subtasks.filter((subtask) => {
      const known = held.get(subtask.id)
      return known === undefined || differs(known.subtask, subtask)
    })
    const same =
      state?.revision === now.revision &&
      state.status === now.status &&
      state.operation === now.operation
    state = now
    if (same && changed.length === 0) return
    polls += 1
    for (const subtask of changed) held.set(subtask.id, { subtask, poll: polls })
    wholes.forget()
    changes.clear()
  }

  return {
    async poll() {
      if (task === undefined) {
        task = await store.tasks.get(taskId)
        if (task !== undefined) take(task)
        return task !== undefined
      }
      const news = await store.tasks.news(taskId, state?.revision ?? 0)
      if (news !== undefined) take(news)
      return news !== undefined
    },
    whole: (telling) => ({ bytes: wholes.of(telling), cursor: polls }),
    since(cursor, telling) {
      if (cursor >= polls) return undefined
      return { bytes: changesAfter(cursor, telling), cursor: polls }
    },
    resume(revision, telling) {
      if (state === undefined || revision > state.revision) return undefined
      // What is at work may have changed without a revision.
      const missed = [...held.values()]
        .map(({ subtask }) => subtask)
        .filter((subtask) => subtask.revision > revision || atWork(subtask))
      const known = missed.length === 0 && revision === state.revision
      return { cursor: polls, ...(!known && { bytes: changesFrom(telling, missed) }) }
    },
    get lastId() {
      return state?.revision ?? 0
    },
    get ended() {
      return state !== undefined && hasEnded(state)
    },
  }
}
