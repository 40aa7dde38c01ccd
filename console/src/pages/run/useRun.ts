import { useEffect, useState } from 'react'
import type { ApiError } from '../../api/error.ts'
import { follow, type StreamState } from '../../api/events.ts'
import type { Subtask, Task } from '../../api/types.ts'
import { useSettings } from '../../settings/Settings.tsx'

/** What changed of a task: the subtasks that did, whole. */
interface Changes {
  readonly task: Partial<Omit<Task, 'subtasks'>>
  readonly subtasks: readonly Subtask[]
}

export interface Run {
  readonly task: Task | undefined
  readonly stream: StreamState
  readonly error: ApiError | undefined
}

/** A wide run changes many times a second: what came in this time is drawn at once. */
const drawMs = 150

const merged = (task: Task, { task: head, subtasks }: Changes): Task => {
  const changed = new Map(subtasks.map((subtask) => [subtask.id, subtask]))
  return {
    ...task,
    ...head,
    subtasks: task.subtasks.map((subtask) => changed.get(subtask.id) ?? subtask),
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
      url: `/api/v2/tasks/instances/${id}/events`,
      signal: controller.signal,
      onEvent({ type, data }) {
        // The API's own words, whose types are in its document.
        if (type === 'task') latest = JSON.parse(data) as Task
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
