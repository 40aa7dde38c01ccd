import { Segmented } from 'antd'
import { lazy, Suspense, useMemo } from 'react'
import { useSearchParams } from 'react-router'
import type { StreamState } from '../../api/events.ts'
import type { Task } from '../../api/types.ts'
import { Page } from '../../components/Page.tsx'
import { StateSign } from '../../components/StateSign.tsx'
import { Waiting } from '../../components/Waiting.tsx'
import { lanesOf } from '../../model/lanes.ts'
import { isAtWork, signOfTask } from '../../model/signs.ts'
import { stagesOf } from '../../model/stages.ts'
import { useText } from '../../settings/Settings.tsx'
import { RunActions } from './ask/RunActions.tsx'
import { Detail } from './detail/Detail.tsx'
import { Failures } from './Failures.tsx'
import { History } from './History.tsx'
import { Matrix } from './matrix/Matrix.tsx'
import { RunFacts } from './RunFacts.tsx'
import { RunningNow } from './RunningNow.tsx'
import { StageRail } from './StageRail.tsx'
import { Timeline } from './timeline/Timeline.tsx'
import { useNow } from './useNow.ts'

const Graph = lazy(() => import('./graph/Graph.tsx'))

const views = ['graph', 'timeline', 'matrix', 'history'] as const
type View = (typeof views)[number]
/** From so many hosts on a graph says less than a table of them. */
const wideFrom = 13

interface Props {
  readonly task: Task
  readonly stream: StreamState
}

/** A run: what it does, how far it is, what failed and how to mend it. */
export function RunView({ task, stream }: Props) {
  const t = useText()
  const stages = useMemo(() => stagesOf(task.subtasks), [task.subtasks])
  const lanes = useMemo(() => lanesOf(task, stages), [task, stages])
  const now = useNow(task.status === 'RUNNING' || task.subtasks.some(isAtWork))
  const [params, setParams] = useSearchParams()
  const view =
    views.find((each) => each === params.get('view')) ??
    (lanes.length >= wideFrom ? 'matrix' : 'graph')
  const chosenId = Number(params.get('node')) || focusOf(task)
  const set = (key: string, value: string) =>
    setParams(
      (before) => {
        const next = new URLSearchParams(before)
        next.set(key, value)
        return next
      },
      { replace: true },
    )
  const choose = (id: number) => set('node', String(id))
  const chosen = task.subtasks.find(({ id }) => id === chosenId)
  return (
    <Page
      title={task.name}
      before={<span className="muted number">{t('run.title', { id: task.id })}</span>}
      beside={<StateSign sign={signOfTask(task)} />}
      actions={<RunActions task={task} />}
    >
      <div className="stack">
        <RunFacts task={task} stream={stream} now={now} hosts={lanes.length} />
        <StageRail stages={stages} chosen={chosenId} choose={choose} />
        <Failures task={task} choose={choose} />
        <RunningNow task={task} now={now} choose={choose} />
        <Segmented<View>
          className="views"
          aria-label={t('run.view')}
          value={view}
          onChange={(value) => set('view', value)}
          options={views.map((value) => ({ value, label: t(`run.${value}`) }))}
        />
        <div className={`run-body run-${view}`}>
          <section className="panel run-main" aria-label={t(`run.${view}`)}>
            {view === 'graph' && (
              <Suspense fallback={<Waiting />}>
                <Graph {...{ stages, lanes, now, choose }} chosen={chosenId} wideFrom={wideFrom} />
              </Suspense>
            )}
            {view === 'timeline' && (
              <Timeline
                {...{ task, stages, now, choose }}
                chosen={chosenId}
                perHost={lanes.length < wideFrom}
              />
            )}
            {view === 'matrix' && <Matrix {...{ stages, lanes, now, choose }} chosen={chosenId} />}
            {view === 'history' && <History taskId={task.id} />}
          </section>
          {view !== 'history' && <Detail task={task} subtask={chosen} now={now} />}
        </div>
      </div>
    </Page>
  )
}

/** What a look at the run begins with: what failed, else what runs, else what ended last. */
const focusOf = ({ subtasks }: Task): number | undefined =>
  (
    subtasks.find(({ status }) => status === 'FAILED') ??
    subtasks.find(isAtWork) ??
    subtasks.findLast(({ status }) => status === 'SUCCESSFUL')
  )?.id
