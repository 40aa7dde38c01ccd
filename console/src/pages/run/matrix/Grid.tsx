import { type KeyboardEvent, useRef, useState } from 'react'
import type { Column } from '../../../model/columns.ts'
import type { Lane } from '../../../model/zones.ts'
import { useText } from '../../../settings/Settings.tsx'
import { HostRow, ZoneRow } from './GridRows.tsx'
import { cellOf, type Row } from './rows.ts'
import { useWindow } from './useWindow.ts'

export const rowHeight = 28
const headHeight = 52

interface Props {
  readonly rows: readonly Row[]
  readonly columns: readonly Column[]
  readonly chosen: number | undefined
  readonly now: number
  choose(id: number): void
}

const holds = ({ cells }: Lane, id: number | undefined): boolean =>
  [...cells.values()].some((cell) => cell.id === id)

/** A grid of which only the rows in sight are drawn; arrow keys go from cell to cell. */
export function Grid({ rows, columns, chosen, now, choose }: Props) {
  const t = useText()
  const box = useRef<HTMLDivElement>(null)
  const { first, last } = useWindow(box, rows.length, rowHeight)
  const [active, setActive] = useState({ row: 0, column: 0 })
  const move = (rowBy: number, columnBy: number) => {
    const row = Math.min(rows.length - 1, Math.max(0, active.row + rowBy))
    const column = Math.min(columns.length - 1, Math.max(0, active.column + columnBy))
    setActive({ row, column })
    const element = box.current
    if (!element) return
    const top = row * rowHeight
    const room = element.clientHeight - headHeight - rowHeight
    if (top < element.scrollTop) element.scrollTop = top
    if (top > element.scrollTop + room) element.scrollTop = top - room
  }
  const onKeyDown = (event: KeyboardEvent) => {
    const page = 20
    const moves: Readonly<Record<string, readonly [number, number]>> = {
      ArrowUp: [-1, 0],
      ArrowDown: [1, 0],
      ArrowLeft: [0, -1],
      ArrowRight: [0, 1],
      PageUp: [-page, 0],
      PageDown: [page, 0],
      Home: [-rows.length, 0],
      End: [rows.length, 0],
    }
    const step = moves[event.key]
    if (step) move(...step)
    else if (event.key === 'Enter' || event.key === ' ') {
      const row = rows[active.row]
      const column = columns[active.column]
      const cell = row?.kind === 'host' && column ? cellOf(row.lane, column) : undefined
      if (cell) choose(cell.id)
    } else return
    event.preventDefault()
  }
  return (
    // biome-ignore lint/a11y/useSemanticElements: a table cannot be drawn in part.
    <div
      ref={box}
      className="grid"
      role="grid"
      aria-label={t('run.matrix')}
      aria-rowcount={rows.length + 1}
      aria-colcount={columns.length + 1}
      aria-activedescendant={
        // A row out of sight is not drawn, and a zone has no cells.
        active.row >= first && active.row < last && rows[active.row]?.kind === 'host'
          ? `cell-${active.row}-${active.column}`
          : undefined
      }
      tabIndex={0}
      onKeyDown={onKeyDown}
      style={{ '--columns': columns.length }}
    >
      {/* biome-ignore lint/a11y: a row of the grid above */}
      <div role="row" aria-rowindex={1} className="grid-row grid-head">
        {/* biome-ignore lint/a11y: a cell of the grid above */}
        <div role="columnheader" className="grid-host">
          {t('run.host')}
        </div>
        {columns.map(({ name }) => (
          // biome-ignore lint/a11y: a cell of the grid above
          <div key={name} role="columnheader" className="grid-cell">
            {name}
          </div>
        ))}
      </div>
      <div style={{ height: first * rowHeight }} />
      {rows.slice(first, last).map((row, offset) => {
        const index = first + offset
        const shared = { index, columns }
        return row.kind === 'zone' ? (
          <ZoneRow key={`zone ${row.zone}`} {...shared} row={row} />
        ) : (
          <HostRow
            key={row.lane.ip}
            {...shared}
            choose={choose}
            lane={row.lane}
            // A row is drawn again only for what it shows.
            now={row.lane.atWork ? now : 0}
            chosen={holds(row.lane, chosen) ? chosen : undefined}
            active={active.row === index ? active.column : undefined}
          />
        )
      })}
      <div style={{ height: Math.max(0, rows.length - last) * rowHeight }} />
    </div>
  )
}
