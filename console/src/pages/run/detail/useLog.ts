import { useEffect, useState } from 'react'
import { follow } from '../../../api/events.ts'

/** The log of a subtask as it grows. */
export function useLog(taskId: number, subtaskId: number): readonly string[] {
  const [lines, setLines] = useState<readonly string[]>([])
  useEffect(() => {
    const controller = new AbortController()
    let text = ''
    let timer: ReturnType<typeof setTimeout> | undefined
    const draw = () => {
      timer = undefined
      setLines(text.split('\n').filter((line) => line !== ''))
    }
    setLines([])
    void follow({
      url: `/api/v2/tasks/instances/${taskId}/subtasks/${subtaskId}/log/events`,
      signal: controller.signal,
      onEvent({ type, data }) {
        if (type !== 'log') return
        // The API's own words, whose types are in its document.
        const part = JSON.parse(data) as { readonly log: string; readonly from: 'start' | 'tail' }
        text = part.from === 'start' ? part.log : text + part.log
        timer ??= setTimeout(draw, 50)
      },
      onState: () => undefined,
      onRefused: () => undefined,
    })
    return () => {
      controller.abort()
      clearTimeout(timer)
    }
  }, [taskId, subtaskId])
  return lines
}
