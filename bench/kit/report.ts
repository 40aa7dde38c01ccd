import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { chartOf } from './chart.ts'
import { type Figure, isMet, judged, type Taken, takenSchema } from './figure.ts'

// Writes the tables and charts of docs/performance.md from bench/figures.jsonl, between its two
// marks: `node bench/kit/report.ts`.

const fileOf = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url))
export const figuresFile = fileOf('bench/figures.jsonl')
const page = fileOf('docs/performance.md')
const charts = fileOf('docs/images/performance')
const marks = {
  begin: '<!-- figures: written by bench/kit/report.ts -->',
  end: '<!-- end of figures -->',
} as const

export const readFigures = (): Taken[] =>
  existsSync(figuresFile)
    ? readFileSync(figuresFile, 'utf8')
        .split('\n')
        .filter(Boolean)
        .map((line) => takenSchema.parse(JSON.parse(line)))
    : []

const nameOf = ({ figure, row, reference }: Figure): string =>
  `${figure}\n${row}\n${reference?.name ?? ''}`

const shown = (value: number, unit: Figure['unit']): string =>
  `${value >= 100 ? Math.round(value).toLocaleString('en-US') : Number(value.toPrecision(3))} ${unit}`

const goalOf = ({ goal, unit, ratio }: Figure): string => {
  if (goal === undefined) return ''
  const [sign, value] = 'atMost' in goal ? ['≤', goal.atMost] : ['≥', goal.atLeast]
  return `${sign} ${ratio === undefined ? shown(value, unit) : value}`
}

const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`

/** Figures as a table; `before` gives an older measurement of the same. */
export function table(
  figures: readonly Figure[],
  before: (figure: Figure) => Taken | undefined = () => undefined,
): string {
  const old = figures.some((figure) => before(figure) !== undefined)
  const head = ['figure', 'ours', 'reference', 'ratio', 'goal', '', ...(old ? ['before'] : [])]
  const lines = figures.map((figure) => {
    const { reference, ratio, unit, ours } = figure
    const older = before(figure)
    return row([
      `${figure.figure}: ${figure.row}`,
      shown(ours, unit),
      reference === undefined ? '' : `${shown(reference.value, unit)} (${reference.name})`,
      ratio === undefined ? '' : ratio.toFixed(2),
      goalOf(figure),
      figure.goal === undefined ? '' : isMet(figure) ? 'met' : '**missed**',
      ...(old
        ? [
            older === undefined
              ? ''
              : `${shown(older.ours, older.unit)}${older.ratio === undefined ? '' : `, ${older.ratio.toFixed(2)}`} (${older.commit})`,
          ]
        : []),
    ])
  })
  return [row(head), row(head.map(() => '---')), ...lines].join('\n')
}

/** The newest measurement of each figure, and the newest of an older commit. */
function newest(all: readonly Taken[]) {
  const latest = new Map<string, Taken>()
  const older = new Map<string, Taken>()
  for (const figure of all) {
    const name = nameOf(figure)
    const known = latest.get(name)
    if (known && known.commit !== figure.commit) older.set(name, known)
    latest.set(name, figure)
  }
  return { latest: [...latest.values()], older: (figure: Figure) => older.get(nameOf(figure)) }
}

const takenOn = (figures: readonly Taken[]): string =>
  [
    ...new Set(
      figures.map(
        ({ commit, at, machine: { processors, memoryGiB, kernel, node } }) =>
          `Commit ${commit}, ${at.slice(0, 10)}: ${processors}, ${memoryGiB} GiB, Linux ${kernel}, Node ${node}.`,
      ),
    ),
  ].join('\n')

const detailsOf = ({ row: what, pairs, details, machine }: Taken): string => {
  const extra = Object.entries(details)
    .filter(([name]) => name !== 'program')
    .map(([name, value]) => `${name} ${JSON.stringify(value)}`)
  const often = pairs.length === 1 ? 'once' : `${pairs.length} times`
  return `- ${[`${what}: measured ${often}, load ${machine.load} before`, ...extra].join('; ')}`
}

export function writeReport(all: readonly Taken[]): void {
  const { latest, older } = newest(all)
  const names = [...new Set(latest.map(({ figure }) => figure))]
  mkdirSync(charts, { recursive: true })
  const parts = names.map((name) => {
    const mine = latest.filter(({ figure }) => figure === name)
    const file = `${name.replaceAll(' ', '-')}.svg`
    writeFileSync(`${charts}/${file}`, chartOf(name, mine))
    return [
      `### ${name}`,
      table(mine, older),
      `![${name}](images/performance/${file})`,
      [...new Set(mine.map(detailsOf))].join('\n'),
      takenOn(mine),
      `Again: \`make bench ONLY=${mine[0]?.details.program ?? name}\``,
    ].join('\n\n')
  })
  const aimed = latest.filter(({ goal }) => goal !== undefined)
  const missed = aimed.filter((figure) => !isMet(figure))
  const summary = `${aimed.length - missed.length} of ${aimed.length} figures with a goal reach it${missed.length > 0 ? `; missed: ${missed.map((figure) => `${figure.figure}, ${figure.row} (${judged(figure)})`).join('; ')}` : ''}.`
  const text = existsSync(page)
    ? readFileSync(page, 'utf8')
    : `# Performance\n\n${marks.begin}\n${marks.end}\n`
  const [head = '', tail = ''] = [text.split(marks.begin)[0], text.split(marks.end)[1]]
  writeFileSync(
    page,
    `${head}${marks.begin}\n\n${summary}\n\n${parts.join('\n\n')}\n\n${marks.end}${tail}`,
  )
}

if (import.meta.main) writeReport(readFigures())
