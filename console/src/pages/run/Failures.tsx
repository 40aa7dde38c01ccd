import { Button } from 'antd'
import { useState } from 'react'
import type { Subtask, Task } from '../../api/types.ts'
import { useText } from '../../settings/Settings.tsx'
import { SubtaskActions } from './ask/SubtaskActions.tsx'

/** No more than can be read; the matrix shows them all. */
const shownAtFirst = 3
const namedHosts = 6

interface Props {
  readonly task: Task
  choose(id: number): void
}

/** The same failure of the same stage on several hosts is one thing to mend. */
function groupsOf({ subtasks }: Task): (readonly [Subtask, ...Subtask[]])[] {
  const failed = subtasks.filter(({ status }) => status === 'FAILED')
  const groups = Map.groupBy(failed, ({ name, hostIp, error }) => {
    const message = error?.message.replaceAll(hostIp ?? '\0', '')
    return JSON.stringify([name, error?.code, message])
  })
  return [...groups.values()].flatMap(([first, ...others]) => (first ? [[first, ...others]] : []))
}

/** What failed, why, and what to do about it: before all else. */
export function Failures({ task, choose }: Props) {
  const t = useText()
  const [all, setAll] = useState(false)
  const groups = groupsOf(task)
  if (groups.length === 0) return null
  const count = groups.reduce((sum, { length }) => sum + length, 0)
  const shown = groups.slice(0, all ? 100 : shownAtFirst)
  return (
    <section className="panel failures" aria-label={t('run.failures', { count })}>
      <header className="failures-head">
        <h2>
          <span aria-hidden>✖</span> {t('run.failures', { count })}
        </h2>
        <span>{t('run.waits')}</span>
      </header>
      <ul className="failures-list">
        {shown.map((group) => (
          <Failure key={group[0].id} {...{ task, group, choose }} />
        ))}
      </ul>
      {groups.length > shown.length && !all && (
        <Button type="link" onClick={() => setAll(true)}>
          {t('common.more', { count: groups.length - shown.length })}
        </Button>
      )}
    </section>
  )
}

function Failure({
  task,
  group,
  choose,
}: Props & { readonly group: readonly [Subtask, ...Subtask[]] }) {
  const t = useText()
  const [first] = group
  const { error, name } = first
  const hosts = group.flatMap((subtask) => subtask.hostIp ?? subtask.error?.host ?? [])
  const more = hosts.length - namedHosts
  const host = hosts.slice(0, namedHosts).join(', ')
  return (
    <li className="failure">
      <div className="failure-text">
        <div className="failure-name">
          <strong>{name}</strong>
          {host !== '' && <span className="muted number">{t('run.on', { host })}</span>}
          {more > 0 && <span className="muted">{t('common.more', { count: more })}</span>}
          {error && <code className="tone-bad">{error.code}</code>}
        </div>
        {error?.advice !== undefined && (
          <p>
            <span className="advice-label">{t('run.advice')}</span> {error.advice}
          </p>
        )}
        {error && (
          <p>
            <span className="muted">{t('run.cause')}</span> {error.message}
          </p>
        )}
      </div>
      <div className="failure-actions">
        <Button size="small" onClick={() => choose(first.id)}>
          {t('run.log')}
        </Button>
        {group.length === 1 && <SubtaskActions task={task} subtask={first} />}
      </div>
    </li>
  )
}
