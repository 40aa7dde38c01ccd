import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { type Fault, faults, undisturbed } from './faults.ts'
import { type FaultRun, runFault } from './run.ts'
import { type Column, retryColumn, undoColumn, withColumns } from './table.ts'
import type { Traces } from './traces.ts'
import { runUndo, undoFaults } from './undo.ts'

/**
 * `make chaos`: every fault during every node, as a table in docs/reliability.md. `--only "worker
 * killed"` runs one of them; `--undo` rolls back instead of retrying, as a second table.
 */
const { values } = parseArgs({
  options: { only: { type: 'string', multiple: true }, undo: { type: 'boolean', default: false } },
})
const all = values.undo ? undoFaults : faults
const names = all.map(({ name }) => name)
const chosen = all.filter(({ name }) => values.only?.includes(name) ?? true)
if (chosen.length === 0) throw new Error(`no such fault; there are: ${names.join(', ')}`)
const stopping = new AbortController()
for (const name of ['SIGINT', 'SIGTERM'] as const)
  process.once(name, () => stopping.abort(new Error(`stopped by ${name}`)))

const say = (line: string): void => void process.stderr.write(`${line}\n`)
const options = { log: say, signal: stopping.signal }

const document = fileURLToPath(new URL('../../docs/reliability.md', import.meta.url))
const marks = values.undo
  ? (['<!-- make chaos UNDO=1 writes from here -->', '<!-- to here: UNDO=1 -->'] as const)
  : (['<!-- make chaos writes from here -->', '<!-- to here -->'] as const)

const git = (...words: string[]): string =>
  execFileSync('git', words, { cwd: import.meta.dirname, encoding: 'utf8' }).trim()
const commit = (): string =>
  `${git('rev-parse', '--short', 'HEAD')}${git('status', '--porcelain', '--', '../../src', '.') ? '+' : ''}`

function write(column: Column): void {
  const [before = '', rest = ''] = readFileSync(document, 'utf8').split(marks[0])
  const [table = '', after = ''] = rest.split(marks[1])
  writeFileSync(
    document,
    `${before}${marks[0]}\n\n${withColumns(table, [column], names)}\n\n${marks[1]}${after}`,
  )
}

const lostOf = ({ cells }: Pick<FaultRun, 'cells'>): number =>
  cells.filter(({ verdict }) => verdict === 'lost').length

const summary = (run: FaultRun): string =>
  `${run.fault}: ${lostOf(run)} lost, ${run.complaints.length} complaints, BOOTSTRAP begun ${run.counts.bootstraps.begun} and done ${run.counts.bootstraps.done} times, package sent ${run.counts.packageSent.toFixed(2)} times, ${Math.round(run.seconds)} s`

const isGood = (run: FaultRun): boolean => run.complaints.length === 0 && lostOf(run) === 0

const tracesOf = new Map<number, Traces>()

async function undisturbedTraces(hosts: Fault['hosts']): Promise<Traces> {
  const known = tracesOf.get(hosts)
  if (known) return known
  const run = await runFault(undisturbed(hosts), { ...options, log: () => undefined })
  say(summary(run))
  if (!isGood(run))
    throw new Error(`a create without any fault does not end well: ${run.complaints.join('; ')}`)
  tracesOf.set(hosts, run.traces)
  return run.traces
}

/** Whether it went well. */
async function retried(fault: Fault): Promise<boolean> {
  const { hosts } = fault
  const run = await runFault(fault, { ...options, undisturbed: await undisturbedTraces(hosts) })
  const causes = run.cells.flatMap(({ node, cause }) => (cause ? [`${node}: ${cause}`] : []))
  say([summary(run), ...run.complaints, ...causes].join('\n'))
  write(retryColumn({ run, hosts, commit: commit() }))
  return isGood(run)
}

async function undone(fault: Fault): Promise<boolean> {
  const run = await runUndo(fault, options)
  const lost = lostOf(run)
  say(`${fault.name}, rolled back: ${lost} lost, ${Math.round(run.seconds)} s`)
  write(undoColumn({ run, hosts: fault.hosts, commit: commit() }))
  return lost === 0
}

for (const fault of chosen) {
  if (stopping.signal.aborted) break
  try {
    if (!(await (values.undo ? undone(fault) : retried(fault)))) process.exitCode = 1
  } catch (error) {
    // The others are run all the same; this one keeps the column it had.
    say(`${fault.name}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`)
    process.exitCode = 1
  }
}
say(`The table is in ${document}.`)
