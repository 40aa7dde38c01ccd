import type { Figure } from './figure.ts'

const barWidth = 420
const letterWidth = 6.6
const bar = 14
const colours = { ours: '#2563eb', reference: '#9ca3af' } as const

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')

const shown = (value: number): string =>
  value >= 100 ? Math.round(value).toLocaleString('en-US') : String(Number(value.toPrecision(3)))

/**
 * A bar chart: for each row ours and its reference, one below the other. Bars of one unit have one
 * scale.
 */
export function chartOf(title: string, figures: readonly Figure[]): string {
  const labels = figures.flatMap(({ row, reference }) => [row, reference?.name ?? ''])
  const left = Math.ceil(Math.max(...labels.map(({ length }) => length)) * letterWidth) + 20
  const width = left + barWidth + 90
  const scaleOf = (unit: Figure['unit']): number => {
    const values = figures
      .filter((figure) => figure.unit === unit)
      .flatMap(({ ours, reference }) => [ours, reference?.value ?? 0])
    return barWidth / (Math.max(...values) || 1)
  }
  const lines: string[] = []
  let y = 44
  const draw = (label: string, value: number, unit: Figure['unit'], colour: string): void => {
    const length = Math.max(1, value * scaleOf(unit))
    lines.push(
      `<text x="${left - 8}" y="${y + 11}" text-anchor="end">${escaped(label)}</text>`,
      `<rect x="${left}" y="${y}" width="${length.toFixed(1)}" height="${bar}" rx="2" fill="${colour}"/>`,
      `<text x="${(left + length + 6).toFixed(1)}" y="${y + 11}">${shown(value)} ${unit}</text>`,
    )
    y += bar + 4
  }
  for (const { row, ours, unit, reference } of figures) {
    draw(row, ours, unit, colours.ours)
    if (reference) draw(reference.name, reference.value, unit, colours.reference)
    y += 10
  }
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${y + 6}" viewBox="0 0 ${width} ${y + 6}" font-family="system-ui, sans-serif" font-size="12" fill="#374151">`,
    `<title>${escaped(title)}</title>`,
    `<rect width="100%" height="100%" fill="#ffffff"/>`,
    `<text x="12" y="24" font-size="15" font-weight="600">${escaped(title)}</text>`,
    ...lines,
    '</svg>',
    '',
  ].join('\n')
}
