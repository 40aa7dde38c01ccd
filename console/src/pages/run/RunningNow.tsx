import type { Subtask, Task } from '../../api/types.ts'
import { isAtWork } from '../../model/signs.ts'
import { duration, spanOf } from '../../model/times.ts'
import { useText } from '../../settings/Settings.tsx'

const maxShown = 4

interface Props {
  readonly task: Task
  readonly now: number
  choose(id: number): void
}

/** What runs now. One that is tried again comes first, with what it said last. */
export function RunningNow({ task, now, choose }: Props) {
  const t = useText()
  const running = task.subtasks
    .filter(isAtWork)
    .sort((a, b) => Number(b.lastMessage !== undefined) - Number(a.lastMessage !== undefined))
  if (running.length === 0) return null
  return (
    <section className="panel panel-body now" aria-label={t('run.now')}>
      <h2>{t('run.now')}</h2>
      <ul>
        {running.slice(0, maxShown).map((subtask) => (
          <li key={subtask.id}>
            <Line {...{ subtask, now, choose }} />
          </li>
        ))}
      </ul>
      {running.length > maxShown && (
        <span className="muted">{t('common.more', { count: running.length - maxShown })}</span>
      )}
    </section>
  )
}

function Line({ subtask, now, choose }: Omit<Props, 'task'> & { readonly subtask: Subtask }) {
  const t = useText()
  const span = spanOf(subtask, now)
  const { attempt = 1, lastMessage } = subtask
  return (
    <>
      <button type="button" className="text-button" onClick={() => choose(subtask.id)}>
        <span aria-hidden className="tone-run">
          ▶
        </span>{' '}
        {subtask.name}
        {subtask.hostIp !== undefined && ` ${t('run.on', { host: subtask.hostIp })}`}
      </button>{' '}
      {span && <span className="muted number">{duration(span[1] - span[0])}</span>}
      {attempt > 1 && <span className="tone-warn"> · {t('run.attempt', { attempt })}</span>}
      {lastMessage !== undefined && (
        <div className="last-words tone-warn">{t('run.lastFailed', { message: lastMessage })}</div>
      )}
    </>
  )
}
