import { Segmented } from 'antd'
import { lazy, Suspense, useCallback, useEffect, useMemo, useRef, useState } from 'react'
import { useSearchParams } from 'react-router'
import type { StreamState } from '../../api/events.ts'
import type { Task } from '../../api/types.ts'
import { Page } from '../../components/Page.tsx'
import { StateSign } from '../../components/StateSign.tsx'
import { Waiting } from '../../components/Waiting.tsx'
import { shapes } from '../../model/shape.ts'
import { isAtWork, signOfTask } from '../../model/signs.ts'
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
  const [shapeOf] = useState(shapes)
  const { stages, lanes, columns } = useMemo(() => shapeOf(task), [shapeOf, task])
  const now = useNow(task.status === 'RUNNING' || task.subtasks.some(isAtWork))
  const [params, setParams] = useSearchParams()
  const view =
    views.find((each) => each === params.get('view')) ??
    (lanes.length >= wideFrom ? 'matrix' : 'graph')
  const focus = useFocus(task)
  const chosenId = Number(params.get('node')) || focus
  const set = useCallback(
    (key: string, value: string) =>
      setParams(
        (before) => {
          const next = new URLSearchParams(before)
          next.set(key, value)
          return next
        },
        { replace: true },
      ),
    [setParams],
  )
  const choose = useCallback((id: number) => set('node', String(id)), [set])
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
            {view === 'matrix' && <Matrix {...{ columns, lanes, now, choose }} chosen={chosenId} />}
            {view === 'history' && <History taskId={task.id} />}
          </section>
          {view !== 'history' && <Detail task={task} subtask={chosen} now={now} />}
        </div>
      </div>
    </Page>
  )
}

/**
 * The node that is shown while none is chosen: what failed, else what runs, else what ended last.
 * It stays while that holds: a wide run would lead from log to log each second.
 */
function useFocus({ subtasks }: Task): number | undefined {
  const last = useRef<number>(undefined)
  const kept = subtasks.find(({ id }) => id === last.current)
  const found =
    (kept?.status === 'FAILED' ? kept : subtasks.find(({ status }) => status === 'FAILED')) ??
    (kept && isAtWork(kept) ? kept : subtasks.find(isAtWork)) ??
    subtasks.findLast(({ status }) => status === 'SUCCESSFUL')
  useEffect(() => {
    last.current = found?.id
  })
  return found?.id
}
