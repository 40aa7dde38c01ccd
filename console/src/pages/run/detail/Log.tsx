import { Input } from 'antd'
import { memo, useEffect, useMemo, useRef, useState } from 'react'
import { useText } from '../../../settings/Settings.tsx'
import { useLog } from './useLog.ts'

/** More are no use on a page, and slow. */
const maxLines = 3000

interface Props {
  readonly taskId: number
  readonly subtaskId: number
}

/** A subtask's log: live, searchable, at its end until somebody scrolls up. */
export function Log({ taskId, subtaskId }: Props) {
  const t = useText()
  const lines = useLog(taskId, subtaskId)
  const [search, setSearch] = useState('')
  const box = useRef<HTMLElement>(null)
  const atEnd = useRef(true)
  const wanted = search.trim().toLowerCase()
  const found = useMemo(
    () => (wanted === '' ? lines : lines.filter((line) => line.toLowerCase().includes(wanted))),
    [lines, wanted],
  )
  const shown = found.slice(-maxLines)
  // biome-ignore lint/correctness/useExhaustiveDependencies: each new line moves the end.
  useEffect(() => {
    if (box.current && atEnd.current) box.current.scrollTop = box.current.scrollHeight
  }, [shown.length])
  return (
    <div className="log">
      <div className="row">
        <h3>{t('run.log')}</h3>
        <Input
          allowClear
          size="small"
          className="filter"
          placeholder={t('run.logSearch')}
          aria-label={t('run.logSearch')}
          value={search}
          onChange={({ target }) => setSearch(target.value)}
        />
        <span className="muted number" role="status">
          {wanted !== '' && t('run.logMatches', { count: found.length })}
        </span>
      </div>
      {shown.length < found.length && (
        <p className="muted">{t('run.logCut', { count: maxLines })}</p>
      )}
      <section
        ref={box}
        className="log-lines"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keys.
        tabIndex={0}
        aria-label={t('run.log')}
        onScroll={({ currentTarget: { scrollTop, scrollHeight, clientHeight } }) => {
          atEnd.current = scrollHeight - scrollTop - clientHeight < 24
        }}
      >
        {shown.length === 0 && <span className="muted">{t('run.logEmpty')}</span>}
        {shown.map((line, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a log only grows.
          <Line key={index} line={line} wanted={wanted} />
        ))}
      </section>
    </div>
  )
}

const toneOf = (line: string): string => {
  if (/^#+\{/.test(line)) return 'log-run'
  if (/ ERROR --- /.test(line)) return 'tone-bad'
  return / WARN --- /.test(line) ? 'tone-warn' : ''
}

const Line = memo(function Line({ line, wanted }: { line: string; wanted: string }) {
  const at = wanted === '' ? -1 : line.toLowerCase().indexOf(wanted)
  return (
    <div className={`log-line ${toneOf(line)}`}>
      {at === -1 ? (
        line
      ) : (
        <>
          {line.slice(0, at)}
          <mark>{line.slice(at, at + wanted.length)}</mark>
          {line.slice(at + wanted.length)}
        </>
      )}
    </div>
  )
})
