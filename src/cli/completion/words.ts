import type { Command } from 'commander'

/** What may follow after some words: `''` is `obflow` itself, `' host ls'` a command below it. */
export interface Place {
  readonly path: string
  readonly commands: readonly { readonly name: string; readonly summary: string }[]
  readonly options: readonly {
    readonly spellings: readonly string[]
    readonly summary: string
    readonly choices: readonly string[]
  }[]
}

/** Every place of a command tree, parents first. */
export function placesOf(command: Command, path = ''): Place[] {
  const help = command.createHelp()
  const children = help.visibleCommands(command)
  return [
    {
      path,
      commands: children.map((child) => ({ name: child.name(), summary: child.description() })),
      options: help.visibleOptions(command).map(({ short, long, description, argChoices }) => ({
        spellings: [short, long].filter((word) => word !== undefined),
        summary: description,
        choices: argChoices ?? [],
      })),
    },
    ...children
      .filter((child) => child.name() !== 'help')
      .flatMap((child) => placesOf(child, `${path} ${child.name()}`)),
  ]
}
