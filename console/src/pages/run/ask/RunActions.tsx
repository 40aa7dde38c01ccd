import { DownloadOutlined, ExportOutlined } from '@ant-design/icons'
import { Button, Tooltip } from 'antd'
import { useState } from 'react'
import { api, bodyOf, dataOf } from '../../../api/client.ts'
import type { Task } from '../../../api/types.ts'
import { ChangeDialog } from '../../../components/ChangeDialog.tsx'
import { download } from '../../../components/download.ts'
import { useAsk } from '../../../components/useAsk.tsx'
import { useMay } from '../../../session/Session.tsx'
import { useText } from '../../../settings/Settings.tsx'

/** What may be done to a whole task in its state by who is logged in. */
export function RunActions({ task }: { readonly task: Task }) {
  const t = useText()
  const may = useMay()
  const ask = useAsk()
  const [rollingBack, setRollingBack] = useState(false)
  const params = { path: { id: task.id } }
  const failed = task.status === 'FAILED' && may('TASK:*:UPDATE')
  const count = task.subtasks.filter(({ status }) => status === 'FAILED').length
  const diagnosis = async () => {
    const call = api.POST('/api/v2/tasks/instances/{id}/downloadDiagnosis', {
      params,
      parseAs: 'blob',
    })
    download(`task_${task.id}_diagnosis.zip`, await bodyOf<Blob>(call))
  }
  return (
    <>
      {task.temporalUrl !== undefined && (
        <Tooltip title={t('run.temporalHelp')}>
          <Button href={task.temporalUrl} target="_blank" icon={<ExportOutlined />}>
            {t('run.temporal')}
          </Button>
        </Tooltip>
      )}
      <Tooltip title={t('run.diagnosisHelp')}>
        <Button icon={<DownloadOutlined />} onClick={() => void diagnosis()}>
          {t('run.diagnosis')}
        </Button>
      </Tooltip>
      {failed && !task.prohibitRollback && (
        <Button danger onClick={() => setRollingBack(true)}>
          {t('run.rollback')}
        </Button>
      )}
      {failed && task.operation !== 'ROLLBACK' && (
        <Button
          type="primary"
          onClick={() =>
            ask({
              title: t('ask.retryTask.title'),
              text: t('ask.retryTask.text', { count }),
              button: t('run.retryAll'),
              act: () => bodyOf(api.POST('/api/v2/tasks/instances/{id}/retry', { params })),
            })
          }
        >
          {t('run.retryAll')}
        </Button>
      )}
      {rollingBack && (
        <ChangeDialog
          title={t('ask.rollback.title')}
          text={t('ask.rollback.text')}
          button={t('run.rollback')}
          look={(signal) => dataOf(rollBack(task.id, 'true', signal))}
          act={() => bodyOf(rollBack(task.id, 'false'))}
          close={() => setRollingBack(false)}
        />
      )}
    </>
  )
}

const rollBack = (id: number, dryRun: 'true' | 'false', signal?: AbortSignal) =>
  api.POST('/api/v2/tasks/instances/{id}/rollback', {
    params: { path: { id }, query: { dryRun } },
    ...(signal && { signal }),
  })
