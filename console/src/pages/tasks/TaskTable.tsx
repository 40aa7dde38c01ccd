import { Empty, Table, type TableColumnsType } from 'antd'
import { Link } from 'react-router'
import type { TaskLine } from '../../api/types.ts'
import { Problem } from '../../components/Problem.tsx'
import { StateSign } from '../../components/StateSign.tsx'
import { signOfTask } from '../../model/signs.ts'
import { duration, moment, when } from '../../model/times.ts'
import { useSettings } from '../../settings/Settings.tsx'
import type { Tasks } from './useTasks.ts'

function took({ startTime, finishTime }: TaskLine): string {
  const start = moment(startTime)
  const end = moment(finishTime)
  return start === undefined || end === undefined ? '' : duration(end - start)
}

const done = ({ subtasks }: TaskLine): number =>
  subtasks.filter(({ status }) => status === 'SUCCESSFUL').length

interface Props {
  readonly tasks: Tasks
  readonly empty: string
}

export function TaskTable({ tasks, empty }: Props) {
  const { t, language } = useSettings()
  const columns: TableColumnsType<TaskLine> = [
    {
      title: t('common.status'),
      width: 130,
      render: (_, task) => <StateSign sign={signOfTask(task)} />,
    },
    { title: t('common.id'), dataIndex: 'id', width: 80, className: 'number' },
    {
      title: t('common.name'),
      render: (_, { id, name }) => <Link to={`/tasks/${id}`}>{name}</Link>,
    },
    {
      title: t('tasks.cluster'),
      render: (_, { cluster }) =>
        cluster && <Link to={`/clusters/${cluster.id}`}>{cluster.name}</Link>,
    },
    {
      title: t('tasks.progress'),
      width: 180,
      responsive: ['md'],
      render: (_, task) => <Bar done={done(task)} total={task.subtasks.length} />,
    },
    {
      title: t('tasks.started'),
      width: 190,
      responsive: ['sm'],
      render: (_, { startTime }) => when(startTime, language),
    },
    { title: t('tasks.took'), width: 120, responsive: ['md'], render: (_, task) => took(task) },
    {
      title: t('common.creator'),
      width: 120,
      responsive: ['lg'],
      render: (_, { creator }) => creator.name,
    },
  ]
  return (
    <>
      <Problem error={tasks.error} retry={tasks.reload} />
      <Table
        rowKey="id"
        size="small"
        columns={columns}
        dataSource={tasks.data?.contents ?? []}
        loading={tasks.loading && tasks.data === undefined}
        pagination={tasks.pagination}
        scroll={{ x: 'max-content' }}
        locale={{ emptyText: <Empty description={empty} image={Empty.PRESENTED_IMAGE_SIMPLE} /> }}
      />
    </>
  )
}

function Bar({ done, total }: { readonly done: number; readonly total: number }) {
  return (
    <span className="bar-line">
      <progress className="bar" max={total} value={done} aria-label={`${done}/${total}`} />
      <span className="number">
        {done}/{total}
      </span>
    </span>
  )
}
