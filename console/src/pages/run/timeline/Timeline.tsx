import { useMemo } from 'react'
import type { Task } from '../../../api/types.ts'
import { criticalPath } from '../../../model/criticalPath.ts'
import type { Stage } from '../../../model/stages.ts'
import { duration } from '../../../model/times.ts'
import { useText } from '../../../settings/Settings.tsx'
import '../../../styles/timeline.css'
import { type Row, rowsOf, ticksOf } from './rows.ts'
import { WhereTimeWent } from './WhereTimeWent.tsx'

interface Props {
  readonly task: Task
  readonly stages: readonly Stage[]
  readonly now: number
  readonly perHost: boolean
  readonly chosen: number | undefined
  choose(id: number): void
}

/** When what ran, and which chain of subtasks decided how long the run took. */
export function Timeline({ task, stages, now, perHost, chosen, choose }: Props) {
  const t = useText()
  const path = useMemo(() => criticalPath(task.subtasks, now), [task.subtasks, now])
  const rows = useMemo(
    () => rowsOf(stages, new Set(path.map(({ id }) => id)), now, perHost),
    [stages, path, now, perHost],
  )
  const start = Math.min(...rows.map(({ span }) => span[0]))
  const total = Math.max(1, Math.max(...rows.map(({ span }) => span[1])) - start)
  if (rows.length === 0) return <p className="muted note">{t('common.none')}</p>
  return (
    <div className="timeline">
      <WhereTimeWent path={path} now={now} />
      <div className="gantt">
        <div className="gantt-axis" aria-hidden>
          <div />
          <div className="gantt-track">
            {ticksOf(total).map((tick) => (
              <span key={tick} style={{ left: `${(tick / total) * 100}%` }}>
                {tick === 0 ? '0' : duration(tick)}
              </span>
            ))}
          </div>
        </div>
        <ul>
          {rows.map((row) => (
            <GanttRow key={row.key} {...{ row, start, total, choose }} here={row.id === chosen} />
          ))}
        </ul>
      </div>
    </div>
  )
}

interface RowProps {
  readonly row: Row
  readonly start: number
  readonly total: number
  readonly here: boolean
  choose(id: number): void
}

function GanttRow({ row, start, total, here, choose }: RowProps) {
  const t = useText()
  const { name, where, sign, span, critical } = row
  const took = duration(span[1] - span[0])
  const left = ((span[0] - start) / total) * 100
  const width = ((span[1] - span[0]) / total) * 100
  return (
    <li>
      <button
        type="button"
        className={`gantt-row${critical ? ' gantt-critical' : ''}`}
        aria-current={here || undefined}
        onClick={() => choose(row.id)}
      >
        <span className="gantt-name">
          <span className={`sign-mark tone-${sign.tone}`} aria-hidden>
            {sign.mark}
          </span>
          <span className="gantt-text">
            {name} <span className="muted number">{where}</span>
          </span>
          <span className="unseen">
            {t(sign.text)}, {took}
            {critical ? `, ${t('run.critical')}` : ''}
          </span>
        </span>
        <span className="gantt-track" aria-hidden>
          <span
            className={`gantt-bar bar-${sign.tone}`}
            style={{ left: `${left}%`, width: `max(3px, ${width}%)` }}
          />
          <span
            className="gantt-took number"
            style={left + width > 80 ? { right: `${100 - left}%` } : { left: `${left + width}%` }}
          >
            {critical ? '◆ ' : ''}
            {took}
          </span>
        </span>
      </button>
    </li>
  )
}
