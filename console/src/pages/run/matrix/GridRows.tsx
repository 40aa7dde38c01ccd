import { memo } from 'react'
import type { Column } from '../../../model/columns.ts'
import { isAtWork, signOf } from '../../../model/signs.ts'
import { duration, spanOf } from '../../../model/times.ts'
import type { Lane } from '../../../model/zones.ts'
import { useText } from '../../../settings/Settings.tsx'
import { cellOf, type Row } from './rows.ts'

interface Shared {
  readonly index: number
  readonly columns: readonly Column[]
}

export function ZoneRow({
  index,
  columns,
  row,
}: Shared & { readonly row: Extract<Row, { kind: 'zone' }> }) {
  const t = useText()
  const failed = row.lanes.filter(({ rank }) => rank === 0).length
  return (
    // biome-ignore lint/a11y: a row of the grid around it
    <div role="row" aria-rowindex={index + 2} className="grid-row grid-zone">
      {/* biome-ignore lint/a11y: a cell of the grid around it */}
      <div role="rowheader" className="grid-host" aria-colspan={columns.length + 1}>
        <strong>{row.zone}</strong>
        <span className="muted number">{row.lanes.length}</span>
        {failed > 0 && (
          <span className="tone-bad number">
            <span aria-hidden>✖</span> {t('run.failures', { count: failed })}
          </span>
        )}
      </div>
    </div>
  )
}

interface HostProps extends Shared {
  readonly lane: Lane
  readonly now: number
  readonly chosen: number | undefined
  readonly active: number | undefined
  choose(id: number): void
}

export const HostRow = memo(function HostRow(props: HostProps) {
  const { index, columns, lane, now, chosen, active, choose } = props
  const t = useText()
  return (
    // biome-ignore lint/a11y: a row of the grid around it
    <div role="row" aria-rowindex={index + 2} className="grid-row">
      {/* biome-ignore lint/a11y: a cell of the grid around it */}
      <div role="rowheader" className="grid-host number">
        {lane.ip}
      </div>
      {columns.map((column, at) => {
        const cell = cellOf(lane, column)
        const id = `cell-${index}-${at}`
        const cursor = active === at ? ' grid-active' : ''
        // biome-ignore lint/a11y: a cell of the grid around it
        if (!cell) return <div key={column.name} role="gridcell" id={id} className="grid-cell" />
        const sign = signOf(cell)
        const span = spanOf(cell, now)
        const took = span && isTimed(cell.status) ? duration(span[1] - span[0]) : ''
        return (
          // biome-ignore lint/a11y: a cell of the grid around it; keys are the grid's
          <div
            key={column.name}
            role="gridcell"
            id={id}
            aria-selected={cell.id === chosen}
            className={`grid-cell grid-full tone-${sign.tone}${cursor}`}
            title={cell.error?.message ?? cell.lastMessage ?? t(sign.text)}
            onClick={() => choose(cell.id)}
          >
            <span aria-hidden>{sign.mark}</span>
            <span className="unseen">{t(sign.text)}</span>
            <span className="number grid-took">
              {isAtWork(cell) && (cell.attempt ?? 1) > 1 ? `×${cell.attempt} ` : ''}
              {took}
            </span>
          </div>
        )
      })}
    </div>
  )
})

const isTimed = (status: string): boolean => status !== 'PENDING' && status !== 'READY'
