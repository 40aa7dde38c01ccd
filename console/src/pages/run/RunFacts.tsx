import { Progress, Tooltip } from 'antd'
import { Link } from 'react-router'
import type { StreamState } from '../../api/events.ts'
import type { Task } from '../../api/types.ts'
import { duration, moment, when } from '../../model/times.ts'
import { useSettings } from '../../settings/Settings.tsx'

interface Props {
  readonly task: Task
  readonly stream: StreamState
  readonly now: number
  readonly hosts: number
}

export function RunFacts({ task, stream, now, hosts }: Props) {
  const { t, language } = useSettings()
  const total = task.subtasks.length
  const done = task.subtasks.filter(({ status }) => status === 'SUCCESSFUL').length
  const start = moment(task.startTime) ?? now
  const end = task.status === 'RUNNING' ? now : (moment(task.finishTime) ?? now)
  const state =
    task.status === 'FAILED' ? 'exception' : task.status === 'RUNNING' ? 'active' : 'success'
  return (
    <div className="panel panel-body facts">
      <div className="facts-progress">
        <Progress
          percent={total === 0 ? 0 : Math.floor((done * 100) / total)}
          status={state}
          size={['100%', 8]}
          showInfo={false}
          aria-label={t('run.progress', { done, total })}
        />
        <span className="number">{t('run.progress', { done, total })}</span>
      </div>
      <dl className="facts-list">
        {task.cluster && (
          <Fact name={t('tasks.cluster')}>
            <Link to={`/clusters/${task.cluster.id}`}>{task.cluster.name}</Link>
          </Fact>
        )}
        {hosts > 0 && <Fact name={t('run.hosts')}>{hosts}</Fact>}
        <Fact name={t('tasks.started')}>{when(task.startTime, language)}</Fact>
        <Fact name={t('run.elapsed')}>{duration(Math.max(0, end - start))}</Fact>
        <Fact name={t('common.creator')}>{task.creator.name}</Fact>
      </dl>
      <Live state={task.status === 'RUNNING' || stream !== 'ended' ? stream : 'ended'} />
    </div>
  )
}

function Fact({ name, children }: { readonly name: string; readonly children: React.ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd className="number">{children}</dd>
    </div>
  )
}

const words = {
  live: 'run.live',
  reconnecting: 'run.reconnecting',
  ended: 'run.ended',
} as const

function Live({ state }: { readonly state: StreamState }) {
  const { t } = useSettings()
  return (
    <Tooltip title={state === 'live' ? t('run.liveHelp') : undefined}>
      <span className={`live live-${state}`} role="status">
        {t(words[state])}
      </span>
    </Tooltip>
  )
}
