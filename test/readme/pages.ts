import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { bare, type Command, commandsOf } from './commands.ts'

const repository = join(import.meta.dirname, '../..')
const read = (path: string): string => readFileSync(join(repository, path), 'utf8')

/** A command and the page that has it. */
export interface PageCommand extends Command {
  readonly page: string
}

const own = '## On your own hosts'
const readme = read('README.md')
const before = readme.slice(0, readme.indexOf(own))
const after = readme.slice(before.length)

const of = (page: string, markdown: string, linesBefore = 0): PageCommand[] =>
  commandsOf(markdown).map((command) => ({ ...command, page, line: command.line + linesBefore }))

const all: readonly PageCommand[] = [
  ...of('README.md', before),
  ...of('docs/by-hand.md', read('docs/by-hand.md')),
  ...of('README.md', after, before.split('\n').length - 1),
]
const inBlocks = new Set(all.filter(({ inline }) => !inline).map(({ text }) => bare(text)))

/**
 * What a newcomer types, in this order: README, the page that it leads to, and README's rest. What
 * a sentence names and a block of another page has is typed there.
 */
export const pageCommands: readonly PageCommand[] = all.filter(
  ({ inline, text }) => !inline || text !== bare(text) || !inBlocks.has(text),
)
