import { Input, Select } from 'antd'
import { useState } from 'react'
import { RefreshButton } from '../../components/ListButtons.tsx'
import { Page } from '../../components/Page.tsx'
import { useText } from '../../settings/Settings.tsx'
import { TaskTable } from './TaskTable.tsx'
import { useTasks } from './useTasks.ts'

const statuses = ['RUNNING', 'FAILED', 'SUCCESSFUL'] as const
type Status = (typeof statuses)[number]

export function TasksPage() {
  const t = useText()
  const [status, setStatus] = useState<Status | undefined>()
  const [name, setName] = useState('')
  const tasks = useTasks({
    ...(status !== undefined && { status: [status] }),
    ...(name !== '' && { name }),
  })
  return (
    <Page
      title={t('tasks.title')}
      actions={
        <>
          <Input.Search
            allowClear
            className="filter"
            placeholder={t('tasks.filter')}
            aria-label={t('tasks.filter')}
            onSearch={setName}
          />
          <Select<Status | ''>
            className="select"
            aria-label={t('common.status')}
            value={status ?? ''}
            onChange={(value) => setStatus(value === '' ? undefined : value)}
            options={[
              { value: '', label: t('common.all') },
              ...statuses.map((value) => ({ value, label: t(`task.${value}`) })),
            ]}
          />
          <RefreshButton reload={tasks.reload} />
        </>
      }
    >
      <TaskTable tasks={tasks} empty={t('tasks.empty')} />
    </Page>
  )
}
