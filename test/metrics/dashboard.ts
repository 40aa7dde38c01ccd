import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { z } from 'zod'

const file = resolve(import.meta.dirname, '../../deploy/grafana/obflow.json')

const dashboard = z.object({
  panels: z.array(
    z.object({ title: z.string(), targets: z.array(z.object({ expr: z.string() })).min(1) }),
  ),
})

/** What the dashboard asks Prometheus, by panel. */
export const queries = dashboard
  .parse(JSON.parse(readFileSync(file, 'utf8')))
  .panels.flatMap(({ title, targets }) => targets.map(({ expr }) => ({ title, expr })))

const functions = new Set(['sum', 'min', 'max', 'by', 'without', 'rate', 'histogram_quantile'])

/** Names of the series that a query reads. */
export const seriesIn = (query: string): string[] => [
  ...new Set(
    query
      .replaceAll(/\{[^}]*\}|\[[^\]]*\]/g, ' ')
      .replaceAll(/\b(by|without) *\([^)]*\)/g, ' ')
      .match(/[a-z_:][\w:]*/gi)
      ?.filter((word) => !functions.has(word)),
  ),
]

/** Names of the series in what a process shows. */
export function seriesOf(text: string): Set<string> {
  const names = new Set<string>()
  for (const [, name = '', type] of text.matchAll(/^# TYPE (\S+) (\S+)$/gm)) {
    names.add(name)
    if (type === 'histogram')
      for (const suffix of ['bucket', 'sum', 'count']) names.add(`${name}_${suffix}`)
  }
  return names
}
