import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { commands } from '../../src/cli/commands/index.ts'
import { exitCodes } from '../../src/cli/exitCodes.ts'
import { topology } from '../../src/topology/index.ts'

const page = await readFile(join(import.meta.dirname, '../../docs/cli.md'), 'utf8')

it('docs/cli.md names every command, every exit code and every field at the top of a topology', () => {
  for (const each of commands) {
    const paths =
      'commands' in each ? each.commands.map(({ name }) => `${each.name} ${name}`) : [each.name]
    for (const path of paths) expect(page).toContain(`obflow ${path}`)
  }
  for (const { code, text } of Object.values(exitCodes))
    expect(page).toContain(`| ${code} | ${text} |`)
  for (const field of Object.keys(topology.shape)) expect(page).toContain(`| \`${field}\` |`)
})
