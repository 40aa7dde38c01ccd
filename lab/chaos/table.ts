import type { Cell, FaultRun, Verdict } from './run.ts'
import type { UndoRun } from './undo.ts'

/**
 * Node × fault in Markdown, with what was reported and what was wrong; a table that is there keeps
 * the columns that were not run again.
 */
const signs: Record<Verdict, string> = {
  'by itself': '✔',
  'one retry': '1',
  lost: '✘',
  'nothing to hit': '–',
}
const worstFirst = ['lost', 'one retry', 'by itself', 'nothing to hit'] as const
const corner = 'node'

type Row = readonly [title: string, value: string]

/**
 * Subtasks by node of the plan. With two hosts a stage has two subtasks, of which the worse counts.
 */
function nodeRows(cells: readonly Cell[], hosts: number): Row[] {
  const rows: Row[] = []
  for (let at = 0; at < cells.length; ) {
    const node = cells[at]?.node ?? ''
    let next = at
    while (next < cells.length && cells[next]?.node === node && next - at < hosts) next++
    const verdicts = cells.slice(at, next).map(({ verdict }) => verdict)
    const worst = worstFirst.find((verdict) => verdicts.includes(verdict))
    rows.push([node, worst ? signs[worst] : ''])
    at = next
  }
  return rows
}

/** A fault's column, and what is told of it below the table. */
export interface Column {
  readonly fault: string
  readonly rows: readonly Row[]
  readonly bullets: readonly string[]
}

interface Ran<Run> {
  readonly run: Run
  readonly hosts: number
  /** What was run, e.g. `42d2be9`. */
  readonly commit: string
}

const ran = ({ run, commit }: Ran<{ readonly seconds: number }>): Row[] => [
  ['*seconds*', String(Math.round(run.seconds))],
  ['*commit*', commit],
]

/** Of a create that went on by itself or was retried. */
export const retryColumn = (told: Ran<FaultRun>): Column => ({
  fault: told.run.fault,
  rows: [
    ...nodeRows(told.run.cells, told.hosts),
    [
      '*BOOTSTRAP begun, done*',
      `${told.run.counts.bootstraps.begun}, ${told.run.counts.bootstraps.done}`,
    ],
    ['*package sent*', `${told.run.counts.packageSent.toFixed(2)} ×`],
    ...ran(told),
  ],
  bullets: [
    ...causesOf(told.run),
    ...told.run.complaints.map(
      (complaint) => `- ${told.run.fault}, wrong at the end: ${short(complaint)}`,
    ),
  ],
})

/** Of creates that were rolled back. */
export const undoColumn = (told: Ran<UndoRun>): Column => ({
  fault: told.run.fault,
  rows: [
    ...nodeRows(told.run.cells, told.hosts),
    ['*FAILED after, at most, s*', told.run.failedAfterSeconds.toFixed(1)],
    ...ran(told),
  ],
  bullets: causesOf(told.run),
})

const cellsIn = (line: string): string[] =>
  line
    .split('|')
    .slice(1, -1)
    .map((cell) => cell.trim())

/** Columns of a table written before, by fault. */
function columnsIn(text: string): Map<string, readonly Row[]> {
  const [head = [], , ...rows] = text
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .map(cellsIn)
  return new Map(
    head
      .slice(1)
      .map((fault, index) => [
        fault,
        rows.map(([title = '', ...values]): Row => [title, values[index] ?? '']),
      ]),
  )
}

const longest = 240

/** The first line; the rest is log. */
const short = (text: string): string => {
  const [line = ''] = text.split('\n')
  return line.length > longest ? `${line.slice(0, longest)}…` : line
}

const causesOf = ({ fault, cells }: Pick<FaultRun, 'fault' | 'cells'>): string[] =>
  cells.flatMap(({ node, cause }) =>
    cause === undefined ? [] : [`- ${fault}, ${node}: ${short(cause)}`],
  )

/** The table with these columns in it; `order` names all faults. */
export function withColumns(
  before: string,
  columns: readonly Column[],
  order: readonly string[],
): string {
  const all = columnsIn(before)
  for (const { fault, rows } of columns) all.set(fault, rows)
  const shown = order.flatMap((fault) => {
    const rows = all.get(fault)
    return rows ? [{ fault, rows }] : []
  })
  const fresh = new Set(columns.map(({ fault }) => fault))
  // Those of a column that was just run: the plan may have changed since the others were.
  const { rows: latest = [] } = shown.find(({ fault }) => fresh.has(fault)) ?? {}
  const titles = latest.map(([title]) => title)
  const valueIn = (rows: readonly Row[], wanted: string): string =>
    rows.find(([title]) => title === wanted)?.[1] ?? ''
  const kept = before
    .split('\n')
    .filter((line) => line.startsWith('- ') && !fresh.has(line.slice(2, line.indexOf(','))))
  const bullets = [...kept, ...columns.flatMap((column) => column.bullets)]
  const rank = (bullet: string): number =>
    order.findIndex((fault) => bullet.startsWith(`- ${fault},`))
  return [
    `| ${[corner, ...shown.map(({ fault }) => fault)].join(' | ')} |`,
    `|${'---|'.repeat(shown.length + 1)}`,
    ...titles.map(
      (title) => `| ${[title, ...shown.map(({ rows }) => valueIn(rows, title))].join(' | ')} |`,
    ),
    '',
    ...(bullets.length > 0
      ? bullets.sort((one, other) => rank(one) - rank(other))
      : ['Nothing was reported, and nothing was wrong at the end.']),
  ].join('\n')
}
