import { Checkbox, Input } from 'antd'
import { useMemo, useState } from 'react'
import type { Column } from '../../../model/columns.ts'
import type { Lane } from '../../../model/zones.ts'
import { useText } from '../../../settings/Settings.tsx'
import '../../../styles/matrix.css'
import { Grid } from './Grid.tsx'
import { rowsOf } from './rows.ts'

interface Props {
  readonly columns: readonly Column[]
  readonly lanes: readonly Lane[]
  readonly chosen: number | undefined
  readonly now: number
  choose(id: number): void
}

/** Hosts down, stages across: how a wide run is read. */
export function Matrix({ columns, lanes, chosen, now, choose }: Props) {
  const t = useText()
  const [text, setText] = useState('')
  const [onlyProblems, setOnlyProblems] = useState(false)
  const rows = useMemo(() => rowsOf(lanes, { text, onlyProblems }), [lanes, text, onlyProblems])
  if (columns.length === 0) return <p className="muted note">{t('run.noHostStages')}</p>
  const shown = rows.filter(({ kind }) => kind === 'host').length
  return (
    <>
      <div className="row matrix-tools">
        <Input
          allowClear
          className="filter"
          placeholder={t('run.hostFilter')}
          aria-label={t('run.hostFilter')}
          value={text}
          onChange={({ target }) => setText(target.value.trim())}
        />
        <Checkbox checked={onlyProblems} onChange={({ target }) => setOnlyProblems(target.checked)}>
          {t('run.onlyProblems')}
        </Checkbox>
        <span className="muted number" role="status">
          {t('run.shownHosts', { shown, total: lanes.length })}
        </span>
      </div>
      {shown === 0 ? (
        <p className="muted note">{t('run.noHosts')}</p>
      ) : (
        <Grid {...{ rows, columns, chosen, now, choose }} />
      )}
    </>
  )
}
