import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { promisify } from 'node:util'
import type { Command } from 'commander'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { Declared, Group } from '../../src/cli/command.ts'
import { commands } from '../../src/cli/commands/index.ts'
import { type Place, placesOf } from '../../src/cli/completion/words.ts'
import { commandTree, type Runner } from '../../src/cli/tree.ts'
import { typed } from './typed.ts'

const silent = { write: () => undefined }
const io = { env: {}, cwd: '/', stdin: new PassThrough(), stdout: silent, stderr: silent }
const tree = (run: Runner = async () => undefined): Command => commandTree(commands, { io, run })

const leavesOf = (each: Declared | Group): readonly Declared[] =>
  'commands' in each ? each.commands : [each]
const leaves = commands.flatMap(leavesOf)
const examples = leaves.flatMap(({ examples }) => examples)

/** The words of a command line as bash hands them over, without what it redirects. */
async function wordsOf(line: string): Promise<string[]> {
  const inner = /^source <\((.*)\)$/.exec(line)?.[1] ?? line
  const [command = ''] = inner.split(/ [<>]/)
  const { stdout } = await promisify(execFile)('bash', ['-c', `printf '%s\\0' ${command.trim()}`])
  return stdout.split('\0').slice(0, -1)
}

describe('every command', () => {
  it('has an example, which is in its help', async () => {
    const places = placesOf(tree()).filter(
      ({ path, commands }) => path !== '' && commands.length === 0,
    )
    expect(places).toHaveLength(leaves.length)
    for (const [index, { path }] of places.entries()) {
      const { code, stdout } = await typed([...path.trim().split(' '), '--help'])
      expect(code).toBe(0)
      for (const example of leaves[index]?.examples ?? []) {
        expect(stdout).toContain(`  ${example}\n`)
        expect(example).toContain(`obflow${path}`)
      }
    }
  })

  it.each(examples)('takes its example: %s', async (example) => {
    const given: Record<string, unknown>[] = []
    const [name, ...words] = await wordsOf(example)
    expect(name).toBe('obflow')
    await tree(async (_, values) => void given.push(values)).parseAsync(words, { from: 'user' })
    expect(given).toHaveLength(1)
  })

  it('takes --quiet and --no-color', () => {
    for (const { options, commands } of placesOf(tree())) {
      if (commands.length > 0) continue
      const spellings = options.flatMap((option) => option.spellings)
      expect(spellings).toEqual(expect.arrayContaining(['--quiet', '--no-color', '--help']))
    }
  })
})

describe('completion', () => {
  const complete = async (...words: readonly string[]): Promise<string[]> => {
    const { stdout: script } = await typed(['completion', 'bash'])
    const folder = await mkdtemp(join(tmpdir(), 'obflow-completion-'))
    onTestFinished(() => rm(folder, { recursive: true, force: true }))
    const file = join(folder, 'completion.bash')
    await writeFile(file, script)
    const typing = [
      'source "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _obflow',
      'declare -p COMPREPLY',
    ].join('; ')
    const { stdout } = await promisify(execFile)('bash', [
      '-c',
      typing,
      'bash',
      file,
      'obflow',
      ...words,
    ])
    // As bash prints an array: declare -a COMPREPLY=([0]="ls" [1]="show")
    return [...stdout.matchAll(/\[\d+\]="([^"]*)"/g)].map(([, word = '']) => word)
  }

  it.each([
    [['ap'], ['apply']],
    [
      ['host', ''],
      ['ls', 'show', 'add', 'check', 'accept-key', 'rm', 'help'],
    ],
    [['host', 'ls', '--o'], ['--output']],
    [['host', 'ls', '-o', 'j'], ['json']],
    [['task', 'ls', '--status', 'F'], ['FAILED']],
    [['--profile', 'x', 'cluster', 'd'], ['delete']],
    [['apply', '-f', ''], []],
  ])('in bash, after %j, offers %j', async (words, offered) => {
    expect(await complete(...words)).toEqual(offered)
  })

  it.each(['zsh', 'fish'])('in %s knows every command and option', async (shell) => {
    const { code, stdout } = await typed(['completion', shell])
    expect(code).toBe(0)
    const long = ({ options }: Place) =>
      options.flatMap(({ spellings }) => spellings).filter((each) => each.startsWith('--'))
    for (const place of placesOf(tree())) {
      if (place.path !== '') expect(stdout).toContain(`'${place.path}'`)
      for (const option of long(place)) expect(stdout).toContain(option.slice(2))
    }
  })

  it('is refused for a shell that nobody knows', async () => {
    expect((await typed(['completion', 'tcsh'])).code).toBe(2)
  })
})
