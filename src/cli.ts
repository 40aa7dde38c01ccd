import { parseArgs } from 'node:util'
import packageFile from '../package.json' with { type: 'json' }
import { type DoctorFlags, doctorFlags } from './cli/doctor/options.ts'
import { explain } from './cli/explain.ts'
import { UsageError } from './cli/usageError.ts'
import { runWatch } from './cli/watchCommand.ts'

const usage = `obflow: OceanBase clusters, installed step by step by a durable workflow.

  obflow doctor --hosts LIST --package FILE --key FILE
                             what obflow would find, choose and do on your hosts; changes nothing there; see README.md, "On your own hosts"
  obflow serve               API, worker, Temporal with its Web UI and the store in this one process, until Ctrl-C
  obflow watch <task id>     show a run until it ends; --follow goes on after a failure, to see it mended
  obflow reseal              seal every secret of the store with the first of the keys in OBFLOW_KEY; see docs/secrets.md
  obflow password <user>     give a user a new password and end its lock-out, on the machine that has the store; --stdin reads it
  obflow help                this text
  obflow --version           which obflow this is

serve, reseal and password are set by OBFLOW_*, see README.md; so is doctor where it is given ids of the store. watch asks the API at OBFLOW_URL (http://127.0.0.1:8080) as OBFLOW_USER (admin)
with OBFLOW_PASSWORD.

Exit codes: 0 done, 1 it failed, 2 wrong usage.
`

interface Flags extends DoctorFlags {
  readonly follow: boolean
  readonly stdin: boolean
}

interface Command {
  /** What follows its name; none: nothing does. */
  readonly operand?: string
  readonly flags?: readonly (keyof Flags)[]
  run(operand: string, flags: Flags): Promise<boolean>
}

const commands: Readonly<Record<string, Command>> = {
  doctor: {
    flags: doctorFlags,
    run: async (_, flags) =>
      (await import('./cli/doctor/doctor.ts')).doctor(flags, {
        env: process.env,
        out: (text) => process.stdout.write(text),
        color: process.stdout.isTTY === true,
      }),
  },
  serve: {
    // Loaded when asked for: a watch needs no Temporal.
    run: async () => (await import('./cli/serve.ts')).serve(process.env),
  },
  reseal: {
    run: async () => (await import('./cli/reseal.ts')).reseal(process.env),
  },
  watch: {
    operand: 'one task id',
    flags: ['follow'],
    run: (taskId, { follow }) => runWatch(taskId, { follow, env: process.env }),
  },
  password: {
    operand: 'one user name',
    flags: ['stdin'],
    run: async (user, { stdin }) =>
      (await import('./cli/password.ts')).resetPassword(user, { stdin, env: process.env }),
  },
  help: {
    run: async () => process.stdout.write(usage),
  },
}

const flag = { type: 'boolean', default: false } as const
const value = { type: 'string' } as const
const values = { type: 'string', multiple: true } as const
const options = {
  hosts: value,
  package: values,
  user: value,
  key: value,
  port: value,
  parameter: values,
  'os-user': value,
  'install-path': value,
  'data-path': value,
  'log-path': value,
  'sql-port': value,
  'rpc-port': value,
  output: { ...value, short: 'o' },
  follow: flag,
  stdin: flag,
  help: { ...flag, short: 'h' },
  version: { ...flag, short: 'V' },
} as const

function parse(argv: string[]): () => Promise<boolean> {
  const { values, positionals } = parseArgs({ args: argv, allowPositionals: true, options })
  if (values.version) return async () => process.stdout.write(`obflow ${packageFile.version}\n`)
  const [name = '', ...operands] = values.help ? ['help'] : positionals
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined
  if (!command) throw new UsageError(name === '' ? 'Say what to do.' : `obflow knows no "${name}".`)
  // `help watch` is one text with `help`.
  if (name !== 'help' && operands.length !== (command.operand === undefined ? 0 : 1))
    throw new UsageError(`obflow ${name} takes ${command.operand ?? 'nothing more'}.`)
  for (const each of ['follow', 'stdin', ...doctorFlags] as const)
    if (values[each] && !command.flags?.includes(each))
      throw new UsageError(`obflow ${name} takes no --${each}.`)
  return () => command.run(operands[0] ?? '', values)
}

// Packages, keys and the store are for nobody else.
process.umask(0o077)
try {
  const ok = await parse(process.argv.slice(2))()
  process.exitCode = ok ? 0 : 1
} catch (error) {
  const { text, wrongUsage } = explain(error)
  process.stderr.write(wrongUsage ? `${text} "obflow help" tells more.\n` : `${text}\n`)
  // What a command left open must not keep it from ending.
  process.exit(wrongUsage ? 2 : 1)
}
