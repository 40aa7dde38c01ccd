import { Argument, Command, Option } from 'commander'
import { z } from 'zod'
import packageFile from '../../package.json' with { type: 'json' }
import {
  type Context,
  type Declared,
  type Format,
  formats,
  type Group,
  type Io,
  spellingOf,
} from './command.ts'
import { connect } from './connect.ts'
import { exitCodeText } from './exitCodes.ts'

const about = `OceanBase clusters, installed step by step by a durable workflow.

Begin with "obflow init cluster.yaml" and "obflow apply -f cluster.yaml".`

const settings = `
Commands that ask the API take its address and user from "obflow login", or from OBFLOW_URL, OBFLOW_USER and
OBFLOW_PASSWORD. serve, reseal and password are set by OBFLOW_*; see README.md.

Exit codes:
${exitCodeText()}
`

const common = z.object({
  quiet: z.boolean().default(false),
  color: z.boolean().default(true),
  profile: z.string().optional(),
  output: z.enum(formats).default('table'),
})

/** `taskId` as people write it: `task-id`. */
const kebab = (name: string): string => name.replace(/[A-Z]/g, (c) => `-${c.toLowerCase()}`)

/** A schema without what makes it optional. */
const core = (schema: z.ZodType): z.core.$ZodType =>
  schema instanceof z.ZodOptional || schema instanceof z.ZodDefault ? schema.def.innerType : schema

function argumentOf(name: string, schema: z.ZodType): Argument {
  const label = kebab(name)
  const many = core(schema) instanceof z.ZodArray ? '...' : ''
  const spelling = schema instanceof z.ZodOptional ? `[${label}${many}]` : `<${label}${many}>`
  const made = new Argument(spelling, schema.description)
  if (schema instanceof z.ZodEnum) made.choices(Object.values(schema.enum).map(String))
  return made
}

function optionOf(schema: z.ZodType): Option {
  const made = new Option(spellingOf(schema), schema.description)
  const inner = core(schema)
  if (inner instanceof z.ZodEnum) made.choices(Object.values(inner.enum).map(String))
  if (inner instanceof z.ZodArray)
    made.argParser((value: string, before: readonly string[] | undefined) => [
      ...(before ?? []),
      value,
    ])
  if (schema instanceof z.ZodString) made.makeOptionMandatory()
  return made
}

/** Takes the command that was given, and runs it. */
export type Runner = (
  declared: Declared,
  given: Readonly<Record<string, unknown>>,
  context: Context,
) => Promise<void>

interface Environment {
  readonly io: Io
  readonly run: Runner
}

function contextOf(io: Io, { quiet, color, output, profile }: z.infer<typeof common>): Context {
  let opened: ReturnType<typeof connect> | undefined
  return {
    ...io,
    quiet,
    format: output,
    color: color && io.stdout.isTTY === true && !io.env.NO_COLOR && io.env.TERM !== 'dumb',
    client: () => {
      opened ??= connect({ env: io.env, profile })
      return opened
    },
    note: (text) => {
      if (!quiet) io.stderr.write(`${text}\n`)
    },
  }
}

function leafOf(declared: Declared, { io, run }: Environment): Command {
  const { name, summary, examples, args, flags, remote, prints } = declared
  const made = new Command(name).description(summary)
  for (const [key, schema] of Object.entries(args)) made.addArgument(argumentOf(key, schema))
  const own = Object.entries(flags).map(([key, schema]) => ({ key, option: optionOf(schema) }))
  for (const { option } of own) made.addOption(option)
  if (prints)
    made.addOption(
      new Option('-o, --output <form>', 'how the result is printed')
        .choices(formats)
        .default('table' satisfies Format),
    )
  if (remote) made.option('--profile <name>', 'the login to use, of "obflow login"')
  made.option('-q, --quiet', 'print only what was asked for').option('--no-color', 'no colours')
  const shown = examples.map((example) => `  ${example}`).join('\n')
  made.addHelpText('after', `\nExample${examples.length > 1 ? 's' : ''}:\n${shown}`)
  made.action(async () => {
    const values = made.opts()
    const names = Object.keys(args)
    const given = Object.fromEntries([
      ...names.map((key, index) => [key, made.processedArgs[index]]),
      ...own.map(({ key, option }) => [key, values[option.attributeName()]]),
    ])
    // What an option of the command's own means is its business.
    const shared = common.parse({ ...values, output: prints ? values.output : undefined })
    await run(declared, given, contextOf(io, shared))
  })
  return made
}

/** What commander prints goes where the process prints; the caller says errors. */
function quietly(made: Command, { io }: Environment): Command {
  made.exitOverride().configureOutput({
    writeOut: (text) => io.stdout.write(text),
    writeErr: (text) => io.stderr.write(text),
    outputError: () => undefined,
    getOutHelpWidth: () => io.stdout.columns ?? 100,
    getErrHelpWidth: () => io.stderr.columns ?? 100,
  })
  return made
}

/** The `obflow` command with all that it can do. */
export function commandTree(
  declared: readonly (Declared | Group)[],
  environment: Environment,
): Command {
  const program = quietly(new Command('obflow'), environment)
    .description(about)
    .version(`obflow ${packageFile.version}`, '-V, --version', 'which obflow this is')
    .helpCommand('help [command]', 'explain a command')
    .addHelpText('after', settings)
  const add = (parent: Command, each: Declared | Group): void => {
    if (!('commands' in each)) {
      parent.addCommand(quietly(leafOf(each, environment), environment))
      return
    }
    const group = quietly(new Command(each.name), environment).description(each.summary)
    for (const child of each.commands) add(group, child)
    parent.addCommand(group)
  }
  for (const each of declared) add(program, each)
  return program
}
