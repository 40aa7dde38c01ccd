import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { type Fault, faults, undisturbed } from './faults.ts'
import { type FaultRun, runFault } from './run.ts'
import { type Column, withColumns } from './table.ts'
import type { Traces } from './traces.ts'

/**
 * `make chaos`: every fault during every node, as a table in docs/reliability.md. `--only "worker
 * killed"` runs one of them.
 */
const { values } = parseArgs({ options: { only: { type: 'string', multiple: true } } })
const names = faults.map(({ name }) => name)
const chosen = faults.filter(({ name }) => values.only?.includes(name) ?? true)
if (chosen.length === 0) throw new Error(`no such fault; there are: ${names.join(', ')}`)
const stopping = new AbortController()
for (const name of ['SIGINT', 'SIGTERM'] as const)
  process.once(name, () => stopping.abort(new Error(`stopped by ${name}`)))

const say = (line: string): void => void process.stderr.write(`${line}\n`)
const options = { log: say, signal: stopping.signal }

const document = fileURLToPath(new URL('../../docs/reliability.md', import.meta.url))
const marks = ['<!-- make chaos writes from here -->', '<!-- to here -->'] as const

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

const summary = ({ fault, cells, complaints, counts, seconds }: FaultRun): string =>
  `${fault}: ${cells.filter(({ verdict }) => verdict === 'lost').length} lost, ${complaints.length} complaints, BOOTSTRAP begun ${counts.bootstraps.begun} and done ${counts.bootstraps.done} times, package sent ${counts.packageSent.toFixed(2)} times, ${Math.round(seconds)} s`

const isGood = ({ cells, complaints }: FaultRun): boolean =>
  complaints.length === 0 && cells.every(({ verdict }) => verdict !== 'lost')

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

for (const fault of chosen) {
  if (stopping.signal.aborted) break
  const { hosts } = fault
  try {
    const run = await runFault(fault, { ...options, undisturbed: await undisturbedTraces(hosts) })
    say(
      [
        summary(run),
        ...run.complaints,
        ...run.cells.flatMap(({ node, cause }) => (cause ? [`${node}: ${cause}`] : [])),
      ].join('\n'),
    )
    write({ run, hosts, commit: commit() })
    if (!isGood(run)) process.exitCode = 1
  } catch (error) {
    // The others are run all the same; this one keeps the column it had.
    say(`${fault.name}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`)
    process.exitCode = 1
  }
}
say(`The table is in ${document}.`)
