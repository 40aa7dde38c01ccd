import { Button } from 'antd'
import { api, bodyOf } from '../../../api/client.ts'
import type { Subtask, Task } from '../../../api/types.ts'
import { useAsk } from '../../../components/useAsk.tsx'
import { useMay } from '../../../session/Session.tsx'
import { useText } from '../../../settings/Settings.tsx'

interface Props {
  readonly task: Task
  readonly subtask: Subtask
}

const path = '/api/v2/tasks/instances/{id}/subtasks/{subtaskId}' as const

/** What may be done to a subtask in its state by who is logged in. */
export function SubtaskActions({ task, subtask }: Props) {
  const t = useText()
  const may = useMay()
  const ask = useAsk()
  if (!may('TASK:*:UPDATE')) return null
  const params = { path: { id: task.id, subtaskId: subtask.id } }
  const where = subtask.hostIp === undefined ? '' : ` · ${subtask.hostIp}`
  const name = `${subtask.name}${where}`
  const failed = subtask.status === 'FAILED'
  return (
    <>
      {failed && task.operation !== 'ROLLBACK' && (
        <Button
          size="small"
          type="primary"
          onClick={() =>
            ask({
              title: t('ask.retry.title', { name }),
              text: t('ask.retry.text'),
              button: t('run.retry'),
              act: () => bodyOf(api.POST(`${path}/retry`, { params })),
            })
          }
        >
          {t('run.retry')}
        </Button>
      )}
      {failed && !subtask.prohibitSkip && (
        <Button
          size="small"
          onClick={() =>
            ask({
              title: t('ask.skip.title', { name }),
              text: t('ask.skip.text'),
              button: t('run.skip'),
              danger: true,
              act: () => bodyOf(api.POST(`${path}/skip`, { params })),
            })
          }
        >
          {t('run.skip')}
        </Button>
      )}
      {subtask.status === 'RUNNING' && (
        <Button
          size="small"
          onClick={() =>
            ask({
              title: t('ask.cancel.title', { name }),
              text: t('ask.cancel.text'),
              button: t('run.cancelNode'),
              danger: true,
              act: () => bodyOf(api.POST(`${path}/cancel`, { params })),
            })
          }
        >
          {t('run.cancelNode')}
        </Button>
      )}
    </>
  )
}
