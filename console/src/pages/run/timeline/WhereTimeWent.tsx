import type { Subtask } from '../../../api/types.ts'
import { duration, spanOf } from '../../../model/times.ts'
import { useText } from '../../../settings/Settings.tsx'

const maxShown = 5

/** The subtasks of the critical path that took longest. */
export function WhereTimeWent({
  path,
  now,
}: {
  readonly path: readonly Subtask[]
  readonly now: number
}) {
  const t = useText()
  const spent = path
    .map((subtask) => {
      const span = spanOf(subtask, now)
      return { subtask, ms: span ? span[1] - span[0] : 0 }
    })
    .sort((a, b) => b.ms - a.ms)
  const total = spent.reduce((sum, { ms }) => sum + ms, 0)
  if (total === 0) return null
  return (
    <div className="went">
      <h2>
        <span aria-hidden>◆</span> {t('run.critical')} · {duration(total)}
      </h2>
      <p className="muted">{t('run.criticalHelp')}</p>
      <ol>
        {spent.slice(0, maxShown).map(({ subtask, ms }) => (
          <li key={subtask.id}>
            <span>
              {subtask.name} <span className="muted number">{subtask.hostIp}</span>
            </span>
            <progress className="bar" max={total} value={ms} aria-label={t('run.share')} />
            <span className="number">
              {duration(ms)} · {Math.round((ms / total) * 100)} %
            </span>
          </li>
        ))}
      </ol>
    </div>
  )
}
