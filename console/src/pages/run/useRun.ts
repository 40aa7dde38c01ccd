import { useEffect, useState } from 'react'
import { type Compact, unpack } from '../../../../src/view/index.ts'
import type { ApiError } from '../../api/error.ts'
import { follow, type StreamState } from '../../api/events.ts'
import type { Subtask, Task } from '../../api/types.ts'
import { useSettings } from '../../settings/Settings.tsx'

type Head = Omit<Task, 'subtasks'>
type Changing = Pick<
  Subtask,
  | 'id'
  | 'status'
  | 'operation'
  | 'runTime'
  | 'startTime'
  | 'finishTime'
  | 'executor'
  | 'attempt'
  | 'lastMessage'
  | 'error'
>
/** The API's own words, whose types are in its document. */
type CompactTask = Head & Compact<Subtask>
type Changes = Compact<Changing> & { readonly task: Partial<Head> }

export interface Run {
  readonly task: Task | undefined
  readonly stream: StreamState
  readonly error: ApiError | undefined
}

/** A wide run changes many times a second: what came in this time is drawn at once. */
const drawMs = 150

const whole = ({ columns, rows, ...head }: CompactTask): Task => ({
  ...head,
  subtasks: unpack<Subtask>({ columns, rows }),
})

/** Subtasks that did not change stay the same objects: what is drawn of them stays, too. */
const merged = (task: Task, { task: head, ...compact }: Changes): Task => {
  const changed = new Map(unpack<Changing>(compact).map((subtask) => [subtask.id, subtask]))
  return {
    ...task,
    ...head,
    subtasks: task.subtasks.map((subtask) => {
      const change = changed.get(subtask.id)
      return change ? { ...subtask, ...change } : subtask
    }),
  }
}

/** A run as it goes on, from the API's stream of events. */
export function useRun(id: number): Run {
  const { language } = useSettings()
  const [task, setTask] = useState<Task>()
  const [stream, setStream] = useState<StreamState>('reconnecting')
  const [error, setError] = useState<ApiError>()
  // biome-ignore lint/correctness/useExhaustiveDependencies: in another language it is another stream.
  useEffect(() => {
    const controller = new AbortController()
    let latest: Task | undefined
    let timer: ReturnType<typeof setTimeout> | undefined
    const draw = () => {
      timer = undefined
      setTask(latest)
    }
    setError(undefined)
    void follow({
      url: `/api/v2/tasks/instances/${id}/events?form=compact`,
      signal: controller.signal,
      onEvent({ type, data }) {
        if (type === 'task') latest = whole(JSON.parse(data) as CompactTask)
        if (type === 'changes' && latest) latest = merged(latest, JSON.parse(data) as Changes)
        if (type === 'task') draw()
        else timer ??= setTimeout(draw, drawMs)
      },
      onState: setStream,
      onRefused: setError,
    })
    return () => {
      controller.abort()
      clearTimeout(timer)
    }
  }, [id, language])
  return { task, stream, error }
}
