import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { commandsOf } from '../readme/commands.ts'

const readme = readFileSync(join(import.meta.dirname, '../../README.md'), 'utf8')

/**
 * What README has its reader type for a cluster on hosts of one's own: the blocks of that section
 * up to its first apply.
 */
export function typedByReadme(): readonly string[] {
  const section = readme.slice(readme.indexOf('## On your own hosts'))
  const blocks = commandsOf(section)
    .filter(({ inline }) => !inline)
    .map(({ text }) => text.replace(/ +# .*$/, ''))
  const last = blocks.findIndex((text) => text.startsWith('obflow apply '))
  if (last < 0) throw new Error('README has no apply on hosts of one’s own')
  return blocks.slice(0, last + 1)
}
