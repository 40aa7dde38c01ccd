import type { TableColumnsType } from 'antd'
import { Link } from 'react-router'
import type { TaskLine } from '../../api/types.ts'
import { List } from '../../components/List.tsx'
import { StateSign } from '../../components/StateSign.tsx'
import { isAtWork, signOf, signOfTask } from '../../model/signs.ts'
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
      width: 220,
      responsive: ['md'],
      render: (_, task) => (
        <>
          <Bar done={done(task)} total={task.subtasks.length} />
          <Notable task={task} />
        </>
      ),
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
  return <List list={tasks} rowKey="id" empty={empty} columns={columns} />
}

/** What failed, or what runs: on how many hosts is for the run's own page. */
function Notable({ task: { status, subtasks } }: { readonly task: TaskLine }) {
  const found =
    subtasks.find((subtask) => subtask.status === 'FAILED') ??
    (status === 'RUNNING' ? subtasks.find(isAtWork) : undefined)
  if (!found) return null
  const { mark, tone } = signOf(found)
  return (
    <div className={`tone-${tone}`}>
      <span aria-hidden>{mark}</span> {found.name}
    </div>
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
