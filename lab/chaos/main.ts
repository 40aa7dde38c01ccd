import { parseArgs } from 'node:util'
import { faults } from './faults.ts'
import { type FaultRun, runFault } from './run.ts'
import { table } from './table.ts'

/** `make chaos`: every fault during every node, as a table. `--only "worker killed"` runs one of them. */
const { values } = parseArgs({ options: { only: { type: 'string', multiple: true } } })
const chosen = faults.filter(({ name }) => values.only === undefined || values.only.includes(name))
if (chosen.length === 0) throw new Error(`no such fault; there are: ${faults.map(({ name }) => name).join(', ')}`)
const stopping = new AbortController()
for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => stopping.abort(new Error(`stopped by ${name}`)))
const runs: FaultRun[] = []
for (const fault of chosen) {
  const run = await runFault(fault, { log: (line) => process.stderr.write(`${line}\n`), signal: stopping.signal })
  runs.push(run)
  process.stderr.write(
    `${fault.name}: ${run.cells.filter(({ verdict }) => verdict === 'lost').length} lost, ${run.complaints.length} complaints, ${Math.round(run.seconds)} s\n`,
  )
}
process.stdout.write(`${table(runs)}\n`)
const lost = runs.some(({ cells, complaints }) => complaints.length > 0 || cells.some(({ verdict }) => verdict === 'lost'))
process.exitCode = lost ? 1 : 0
