import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const dist = join(import.meta.dirname, '../../console/dist')

const built = (name: string): string => readFileSync(join(dist, name), 'utf8')

/** What a file loads at once: its imports, not what it loads when it is needed. */
function loadedBy(file: string, all = new Set<string>()): Set<string> {
  if (all.has(file)) return all
  all.add(file)
  if (file.endsWith('.js'))
    for (const [, name = ''] of built(file).matchAll(/(?:from|import)\s*"\.\/([^"]+\.js)"/g))
      loadedBy(`assets/${name}`, all)
  return all
}

/** A page that is loaded when it is gone to, with its styles. */
const chunksOf = (...names: readonly string[]): string[] =>
  readdirSync(join(dist, 'assets'))
    .filter((file) => names.some((name) => file.startsWith(`${name}-`)) && /\.(js|css)$/.test(file))
    .map((file) => `assets/${file}`)
const entry = (): string => /src="\/(assets\/[^"]+\.js)"/.exec(built('index.html'))?.[1] ?? ''
const styles = (): string[] =>
  [...built('index.html').matchAll(/href="\/(assets\/[^"]+)"/g)].map(([, file = '']) => file)

const weigh = (files: Iterable<string>): number =>
  [...new Set([...files].flatMap((file) => [...loadedBy(file)]))].reduce(
    (sum, file) => sum + readFileSync(join(dist, `${file}.gz`)).length,
    0,
  )

test('the first load is at most 450 KB, as it goes over the line', () => {
  const frame = weigh([entry(), ...styles()])
  const run = weigh([entry(), ...styles(), ...chunksOf('RunPage', 'Graph')])
  const kb = (bytes: number): number => Math.round(bytes / 1000)
  process.stderr.write(`console, gzipped: task list ${kb(frame)} KB, run page ${kb(run)} KB\n`)
  expect(chunksOf('RunPage', 'Graph').length).toBeGreaterThanOrEqual(4)
  expect(run).toBeLessThanOrEqual(450_000)
})
