import type { Subtask, Task } from '../../../api/types.ts'
import { StateSign } from '../../../components/StateSign.tsx'
import { signOf } from '../../../model/signs.ts'
import { duration, spanOf, when } from '../../../model/times.ts'
import { useSettings } from '../../../settings/Settings.tsx'
import { SubtaskActions } from '../ask/SubtaskActions.tsx'
import { Log } from './Log.tsx'

interface Props {
  readonly task: Task
  readonly subtask: Subtask | undefined
  readonly now: number
}

/** The chosen node: its facts, what may be done to it, its log. */
export function Detail({ task, subtask, now }: Props) {
  const { t } = useSettings()
  return (
    <section className="panel run-detail" aria-label={t('run.details')}>
      {subtask ? (
        <>
          <header className="detail-head">
            <div className="row">
              <h2>{subtask.name}</h2>
              {subtask.hostIp !== undefined && (
                <span className="muted number">{subtask.hostIp}</span>
              )}
              <StateSign sign={signOf(subtask)} />
            </div>
            <div className="row">
              <SubtaskActions task={task} subtask={subtask} />
            </div>
          </header>
          <Facts subtask={subtask} now={now} />
          <Log key={subtask.id} taskId={task.id} subtaskId={subtask.id} />
        </>
      ) : (
        <p className="muted note">{t('run.choose')}</p>
      )}
    </section>
  )
}

function Facts({ subtask, now }: { readonly subtask: Subtask; readonly now: number }) {
  const { t, language } = useSettings()
  const span = spanOf(subtask, now)
  const facts = [
    [t('common.id'), String(subtask.id)],
    [t('run.zone'), subtask.zone],
    [t('run.runNo'), String(subtask.runTime)],
    [t('run.start'), when(subtask.startTime, language)],
    [t('run.finish'), when(subtask.finishTime, language)],
    [t('tasks.took'), span && duration(span[1] - span[0])],
    [t('run.timeout'), duration(subtask.timeout * 1000)],
    [t('run.worker'), subtask.executor],
  ] as const
  const { attempt = 1, lastMessage, error } = subtask
  return (
    <>
      <dl className="facts-list detail-facts">
        {facts.map(
          ([name, value]) =>
            value && (
              <div key={name}>
                <dt>{name}</dt>
                <dd className="number">{value}</dd>
              </div>
            ),
        )}
      </dl>
      {lastMessage !== undefined && (
        <p className="last-words tone-warn">
          {t('run.attempt', { attempt })} · {t('run.lastFailed', { message: lastMessage })}
        </p>
      )}
      {error && (
        <p className="last-words tone-bad">
          <a href={`/api/v2/docs/codes#${error.code.toLowerCase()}`}>
            <code>{error.code}</code>
          </a>{' '}
          {error.message}
        </p>
      )}
    </>
  )
}
