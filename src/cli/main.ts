import { CommanderError } from 'commander'
import type { Io } from './command.ts'
import { commands } from './commands/index.ts'
import { exitCodes, type Outcome } from './exitCodes.ts'
import { explain } from './explain.ts'
import { commandTree, type Runner } from './tree.ts'

/** What commander ends with when it has shown what was asked for. */
const shown = new Set(['commander.helpDisplayed', 'commander.help', 'commander.version'])

/** Runs a command line, and returns what the process ends with. */
export async function main(argv: readonly string[], io: Io): Promise<number> {
  let outcome: Outcome = 'done'
  const run: Runner = async (declared, given, context) => {
    outcome = (await declared.run(given, context)) ?? 'done'
  }
  try {
    if (argv.length === 0) {
      commandTree(commands, { io, run }).outputHelp({ error: true })
      return exitCodes.usage.code
    }
    await commandTree(commands, { io, run }).parseAsync(argv, { from: 'user' })
    return exitCodes[outcome].code
  } catch (error) {
    if (error instanceof CommanderError && shown.has(error.code))
      return error.exitCode === 0 ? 0 : 2
    const { text, outcome: ended } = explain(error)
    if (text !== '') io.stderr.write(`${text}\n`)
    return exitCodes[ended].code
  }
}
