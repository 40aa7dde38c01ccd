import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { appendFileSync } from 'node:fs'
import { cpus, loadavg, release, totalmem } from 'node:os'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { type Figure, figureSchema, isMet, type Taken } from './kit/figure.ts'
import { figuresFile, readFigures, table, writeReport } from './kit/report.ts'
import { programs } from './programs.ts'

// `make bench`: every figure of docs/performance.md, one program after the other. A measurement is
// kept in bench/figures.jsonl, from which the page is written.
//   ONLY=install,reads PAIRS=5 KEEP=no make bench

const root = fileURLToPath(new URL('../', import.meta.url))
const wanted = (process.env.ONLY ?? '').split(',').flatMap((name) => name.trim() || [])
const unknown = wanted.filter((name) => programs.every((program) => program.name !== name))
if (unknown.length > 0) {
  process.stderr.write(
    `no figure is called ${unknown.join(', ')}; there are ${programs.map(({ name }) => name).join(', ')}\n`,
  )
  process.exit(2)
}
const chosen = programs.filter(({ name }) => wanted.length === 0 || wanted.includes(name))

let child: ChildProcess | undefined
let stopped = false
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.on(signal, () => {
    stopped = true
    child?.kill(signal)
  })

const git = (...args: string[]): string => {
  try {
    return execFileSync('git', args, { cwd: root, encoding: 'utf8' }).trim()
  } catch {
    return ''
  }
}
const commit = `${git('rev-parse', '--short=12', 'HEAD') || 'unknown'}${git('status', '--porcelain', '--', 'src') === '' ? '' : '+'}`

const machine = () => ({
  processors: `${cpus().length} × ${cpus()[0]?.model.trim() ?? 'unknown'}`,
  memoryGiB: Math.round(totalmem() / 2 ** 30),
  kernel: release(),
  node: process.version,
  load: Number(loadavg()[0]?.toFixed(1)),
})

function figureIn(line: string): Figure | undefined {
  if (!line.startsWith('{')) return undefined
  try {
    return figureSchema.safeParse(JSON.parse(line)).data
  } catch {
    return undefined
  }
}

const taken: Taken[] = []
const keeps = process.env.KEEP !== 'no'
let failed = 0
for (const { name, file, args } of chosen) {
  if (stopped) break
  process.stderr.write(`— ${name}\n`)
  const began = machine()
  const running = spawn(
    process.execPath,
    [fileURLToPath(new URL(file, import.meta.url)), ...args],
    {
      cwd: root,
      // Out of the terminal's group: Ctrl-C reaches it once, by this program.
      detached: true,
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  )
  child = running
  const found: Taken[] = []
  createInterface(running.stdout).on('line', (line) => {
    const figure = figureIn(line)
    process.stdout.write(`${line}\n`)
    if (figure) found.push({ ...figure, commit, at: new Date().toISOString(), machine: began })
  })
  const [code] = await once(running, 'close')
  child = undefined
  if (stopped) break
  if (code !== 0) failed += 1
  taken.push(...found)
  // Kept at once: whatever becomes of the programs after it.
  if (keeps) appendFileSync(figuresFile, found.map((one) => `${JSON.stringify(one)}\n`).join(''))
}

if (keeps && taken.length > 0) writeReport(readFigures())
process.stdout.write(`\n${table(taken)}\n`)
const missed = taken.filter((figure) => !isMet(figure))
process.stdout.write(
  `${taken.length - missed.length} of ${taken.length} figures reach their goal; programs that failed: ${failed}\n`,
)
process.exitCode = stopped ? 130 : failed > 0 || missed.length > 0 ? 1 : 0
