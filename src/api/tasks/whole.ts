import type { FastifyReply } from 'fastify'
import type { Store } from '../../store/index.ts'
import { type Answer, data } from '../http/envelope.ts'
import { noTask } from './find.ts'
import type { Reader } from './reader.ts'
import { showSubtask, showTask } from './show.ts'

/** The subtasks of a task as JSON, for readers of one language and one form of codes. */
interface Told {
  /** Where an older backup of the store was put back, another task may have the same id. */
  readonly createTime: number
  readonly revision: number
  /** By the index of the subtask. */
  readonly texts: readonly string[]
  readonly characters: number
}

/** Those of 1,664 hosts' create are 5 million. */
const maxCharacters = 32 * 2 ** 20
const noSubtasks = '"subtasks":[]'

/**
 * Tasks with all of their subtasks. What was told of a task is kept, and the next reader costs what
 * has changed since: of 10,000 subtasks all but a few say the same as a second ago.
 */
export function wholeTasks(store: Pick<Store, 'tasks'>, limit = maxCharacters) {
  // The one that was asked for last comes last.
  const kept = new Map<string, Told>()

  const keep = (key: string, told: Told): void => {
    // Of two who asked at the same time one may have read before the other.
    const other = kept.get(key)
    if (other?.createTime === told.createTime && other.revision > told.revision) return
    kept.delete(key)
    kept.set(key, told)
    let characters = [...kept.values()].reduce((sum, each) => sum + each.characters, 0)
    for (const [oldest, each] of kept) {
      if (characters <= limit) return
      kept.delete(oldest)
      characters -= each.characters
    }
  }

  /** The task with what is new in it, and what was told before of all else. */
  async function read(id: number, told: Told | undefined) {
    const task = told && (await store.tasks.get(id, told.revision))
    if (told && task?.createTime.getTime() === told.createTime && task.revision >= told.revision)
      return { task, texts: told.texts }
    return { task: await store.tasks.get(id), texts: [] }
  }

  /** Throws a refusal where there is no such task. */
  return async (reply: FastifyReply, id: number, reader: Reader): Promise<Answer> => {
    const key = `${id} ${reader.language} ${reader.codes}`
    const { task, texts } = await read(id, kept.get(key))
    if (task === undefined) {
      kept.delete(key)
      throw noTask(id)
    }
    const now = [...texts]
    for (const subtask of task.subtasks)
      now[subtask.index] = JSON.stringify(showSubtask(subtask, reader))
    const all = now.join(',')
    const { revision } = task
    keep(key, {
      createTime: task.createTime.getTime(),
      revision,
      texts: now,
      characters: all.length,
    })
    // Within a text its quotes would be escaped: nothing else reads like this.
    reply
      .type('application/json; charset=utf-8')
      .serializer((payload) =>
        JSON.stringify(payload).replace(noSubtasks, () => `"subtasks":[${all}]`),
      )
    return data(showTask({ ...task, subtasks: [] }, reader))
  }
}
