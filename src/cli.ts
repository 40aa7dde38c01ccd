import { parseArgs } from 'node:util'
import { explain } from './cli/explain.ts'
import { UsageError } from './cli/usageError.ts'
import { runWatch } from './cli/watchCommand.ts'

const usage = `obflow: OceanBase clusters, installed step by step by a durable workflow.

  obflow serve               API, worker, Temporal with its Web UI and the store in this one process, until Ctrl-C
  obflow watch <task id>     show a run until it ends; --follow goes on after a failure, to see it mended
  obflow reseal              seal every secret of the store with the first of the keys in OBFLOW_KEY; see docs/secrets.md
  obflow help                this text

serve and reseal are set by OBFLOW_*, see README.md. watch asks the API at OBFLOW_URL (http://127.0.0.1:8080) as OBFLOW_USER (admin)
with OBFLOW_PASSWORD.

Exit codes: 0 done, 1 it failed, 2 wrong usage.
`

interface Command {
  readonly operands: number
  run(operands: readonly string[], flags: { readonly follow: boolean }): Promise<boolean>
}

const commands: Readonly<Record<string, Command>> = {
  serve: {
    operands: 0,
    // Loaded when asked for: a watch needs no Temporal.
    run: async () => (await import('./cli/serve.ts')).serve(process.env),
  },
  reseal: {
    operands: 0,
    run: async () => (await import('./cli/reseal.ts')).reseal(process.env),
  },
  watch: { operands: 1, run: ([taskId = ''], { follow }) => runWatch(taskId, { follow, env: process.env }) },
  help: {
    operands: 0,
    run: async () => process.stdout.write(usage),
  },
}

function parse(argv: string[]): () => Promise<boolean> {
  const options = { follow: { type: 'boolean', default: false }, help: { type: 'boolean', short: 'h', default: false } } as const
  const { values, positionals } = parseArgs({ args: argv, allowPositionals: true, options })
  const [name = '', ...operands] = values.help ? ['help'] : positionals
  const command = commands[name]
  if (!command) throw new UsageError(name === '' ? 'Say what to do.' : `obflow knows no "${name}".`)
  if (operands.length !== command.operands)
    throw new UsageError(`obflow ${name} takes ${command.operands === 0 ? 'nothing more' : 'one task id'}.`)
  return () => command.run(operands, values)
}

// Packages, keys and the store are for nobody else.
process.umask(0o077)
try {
  const ok = await parse(process.argv.slice(2))()
  process.exitCode = ok ? 0 : 1
} catch (error) {
  const { text, wrongUsage } = explain(error)
  process.stderr.write(wrongUsage ? `${text}\n\n${usage}` : `${text}\n`)
  // What a command left open must not keep it from ending.
  process.exit(wrongUsage ? 2 : 1)
}
