import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { jsonSchema } from '../../topology/index.ts'
import { arg, command, type Declared, flag, maybe, needed } from '../command.ts'
import { yes } from '../resources/common.ts'
import { printData } from '../resources/print.ts'
import { UsageError } from '../usageError.ts'
import { apply } from './apply.ts'
import { destroy } from './destroy.ts'
import { importFile } from './import/index.ts'
import { changes, isBlocked, openPlan, planData, planLines } from './plan.ts'
import { sample } from './sample.ts'

const file = needed('-f, --file <file>', 'topology file; "obflow init" writes a sample')

const initCommand = command({
  name: 'init',
  summary: 'Write a sample of a topology file, with comments',
  examples: ['obflow init cluster.yaml'],
  args: { file: maybe('where; cluster.yaml unless told') },
  flags: { force: flag('--force', 'overwrite a file that is there') },
  async run({ file = 'cluster.yaml', force }, context) {
    const path = resolve(context.cwd, file)
    if (!force && existsSync(path)) throw new UsageError(`${file} is there: --force overwrites it.`)
    writeFileSync(path, sample)
    context.note(`${file} is written. Edit it, then: obflow plan -f ${file}`)
    return undefined
  },
})

const planCommand = command({
  name: 'plan',
  summary: 'Say what apply would make, and what speaks against it; changes nothing',
  examples: ['obflow plan -f cluster.yaml', 'obflow plan -f cluster.yaml -o json'],
  args: {},
  flags: { file },
  remote: true,
  prints: true,
  async run({ file }, context) {
    const plan = await openPlan(context, file, { ask: false })
    if (!printData(context, planData(plan))) {
      const lines = planLines(plan, context.color)
      if (changes(plan).length === 0 && !isBlocked(plan)) lines.push('Nothing to do.')
      context.stdout.write(`${lines.join('\n')}\n`)
    }
    return isBlocked(plan) ? 'failed' : undefined
  },
})

const applyCommand = command({
  name: 'apply',
  summary:
    'Make what a topology file describes and is not there yet, and go on with what was begun',
  examples: ['obflow apply -f cluster.yaml', 'obflow apply -f cluster.yaml --yes'],
  args: {},
  flags: { file, yes },
  remote: true,
  run: ({ file, yes }, context) => apply(context, file, { yes }),
})

const destroyCommand = command({
  name: 'destroy',
  summary: 'Remove the cluster and the proxies of a topology file, data and all',
  examples: [
    'obflow destroy -f cluster.yaml --dry-run',
    'obflow destroy -f cluster.yaml --all --yes',
  ],
  args: {},
  flags: {
    file,
    all: flag('--all', 'forget its hosts, logins, places and packages, too'),
    dryRun: flag('--dry-run', 'say what would be removed, and change nothing'),
    yes,
  },
  remote: true,
  run: ({ file, ...given }, context) => destroy(context, file, given),
})

const importCommand = command({
  name: 'import',
  summary:
    "Make a topology file of obd's (or, as far as it maps, tiup's), and say what is left out",
  examples: ['obflow import obd.yaml >cluster.yaml'],
  args: { file: arg("obd's or tiup's file") },
  flags: {},
  async run({ file }, context) {
    let text: string
    try {
      text = readFileSync(resolve(context.cwd, file), 'utf8')
    } catch {
      throw new UsageError(`${file} cannot be read.`)
    }
    const { yaml, leftOut } = importFile(file, text)
    context.stdout.write(yaml)
    for (const each of leftOut) context.note(`left out: ${each}`)
    return undefined
  },
})

const schemaCommand = command({
  name: 'schema',
  summary: 'Print the JSON Schema of topology files, for editors',
  examples: ['obflow schema >topology.schema.json'],
  args: {},
  flags: {},
  async run(_, context) {
    context.stdout.write(`${JSON.stringify(jsonSchema(), undefined, 2)}\n`)
    return undefined
  },
})

export const topologyCommands: readonly Declared[] = [
  initCommand,
  planCommand,
  applyCommand,
  destroyCommand,
  importCommand,
  schemaCommand,
]
