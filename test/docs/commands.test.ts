import { existsSync, globSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { PassThrough } from 'node:stream'
import { CommanderError } from 'commander'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { z } from 'zod'
import { commands } from '../../src/cli/commands/index.ts'
import { commandTree } from '../../src/cli/tree.ts'
import { bare, commandsOf } from '../readme/commands.ts'
import { ruleOf } from '../readme/rules.ts'

// README and docs/by-hand.md are typed by `make readme`. What the other pages name is held against
// what it is said to: the command line, the Makefile, files, services. A command of a block is on
// top of that one that some test runs, or named here with the reason why none does.

const repository = resolve(import.meta.dirname, '../..')
const read = (path: string): string => readFileSync(resolve(repository, path), 'utf8')
const pages = globSync(
  [
    '{README.zh-CN,CONTRIBUTING,SECURITY}.md',
    '{docs,src,test,lab,console,tools,deploy,bench}/**/*.md',
  ],
  { cwd: repository, exclude: ['**/node_modules/**', 'docs/by-hand.md'] },
).sort()

const silent = { write: () => undefined }
const io = { env: {}, cwd: '/', stdin: new PassThrough(), stdout: silent, stderr: silent }

/** Errors of a command line that only names a command, and would need more to be run. */
const incomplete = new Set([
  'commander.missingArgument',
  'commander.missingMandatoryOptionValue',
  'commander.help',
  'commander.version',
])

async function obflowRefuses(words: readonly string[]): Promise<string | undefined> {
  try {
    const tree = commandTree(commands, { io, run: async () => undefined })
    await tree.parseAsync(words, { from: 'user' })
    return undefined
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error
    return incomplete.has(error.code) ? undefined : error.message
  }
}

const makefile = read('Makefile')
function makeRefuses(words: readonly string[]): string | undefined {
  for (const word of words) {
    const [name = ''] = word.split('=')
    const known = word.includes('=')
      ? makefile.includes(`$(${name})`) || makefile.includes(`${name}=`)
      : new RegExp(`^${name}:`, 'm').test(makefile)
    if (!known) return `Makefile does not know ${name}`
  }
  return undefined
}

const services = new Set(
  Object.keys(
    z
      .object({ services: z.record(z.string(), z.unknown()) })
      .parse(parse(read('docker-compose.yml'))).services,
  ),
)
/** Files of the repository that a command names. */
const missing = (words: readonly string[]): string | undefined =>
  words.find(
    (word, index) =>
      words[index - 1] !== '>' &&
      /^(src|test|tools|bench|lab|deploy|docs)\/[\w./-]+$|^docker-compose\.yml$/.test(word) &&
      !existsSync(resolve(repository, word)),
  )
function composeRefuses(words: readonly string[]): string | undefined {
  const at = words.findIndex((word) => ['exec', 'logs', 'run'].includes(word))
  const service = words.slice(at + 1).find((word) => !word.startsWith('-'))
  return at >= 0 && service !== undefined && !services.has(service)
    ? `docker-compose.yml has no service ${service}`
    : undefined
}

/** Why a command that a page names cannot be what it says; undefined: nothing speaks against it. */
async function refusal(text: string): Promise<string | undefined> {
  const line = bare(text).replaceAll('\n', ' ')
  // Blanks within double quotes divide nothing.
  const words = line.split(/\s+(?![^"]*"(?:[^"]*"[^"]*")*[^"]*$)/)
  const obflow = words.findIndex((word) => /^(?:\.tools\/)?(?:bin\/)?obflow$/.test(word))
  const file = missing(words)
  if (file !== undefined) return `there is no ${file}`
  if (words[0] === 'make')
    return makeRefuses(words.slice(1).map((word) => word.replaceAll('"', '')))
  if (words[0] === 'docker') return composeRefuses(words)
  if (obflow < 0 || (obflow > 0 && !line.startsWith('source <('))) return undefined
  const end = words.findIndex((word, index) => index > obflow && /^[|>]/.test(word))
  const own = words.slice(obflow + 1, end < 0 ? undefined : end)
  return obflowRefuses(own.map((word) => word.replace(/\)$/, '')))
}

const all = pages.flatMap((page) => commandsOf(read(page)).map((command) => ({ ...command, page })))

/** Who runs a command of a block; and those that nobody runs here, with the reason. */
const known: readonly (readonly [RegExp, string])[] = [
  [/tools\/test\.ts /, 'the runner of these tests'],
  [/node lab\/cli\.ts (up|packages)/, '`make lab`, which `make readme` types'],
  [/node lab\/cli\.ts down/, 'test/lab/hosts.test.ts'],
  [/deploy\/mtls\/certificates\.sh/, 'test/worker/apiKey.test.ts and `make grown`'],
  [/^\(umask 077; mkdir secrets/, 'test/cli/kubernetes.test.ts'],
  [/obflow-backup\.tar\.gz/, 'test/cli/backup.test.ts'],
  [
    /OBFLOW_METRICS_LISTEN|:9464\/metrics|OTEL_EXPORTER/,
    'test/cli/serve.test.ts, `make metrics`, `make traces`',
  ],
  [/sha256sum --quiet --check|bin\/obflow serve/, '`make bundle`'],
  [
    /docker |^kubectl |kustomize edit/,
    'needs Docker or a cluster; see `make grown`, `make kubernetes`',
  ],
  [
    /\/opt\/obflow|\/etc\/obflow|^useradd |^systemctl /,
    'needs systemd, and a machine that may be changed; `make walk` serves the bundle without it',
  ],
]

describe('what the documents say to type', () => {
  test('is found', () => {
    expect(all.length).toBeGreaterThan(150)
  })

  test.each(all)('$page:$line: $text', async ({ text, inline }) => {
    expect(await refusal(text)).toBeUndefined()
    if (inline) return
    const whole = text.replaceAll('\\\n', '')
    expect(
      known.some(([pattern]) => pattern.test(whole)) || ruleOf({ text }) !== undefined,
      text,
    ).toBe(true)
  })

  test('leaves no reason without a command', () => {
    const blocks = all.filter(({ inline }) => !inline).map(({ text }) => text)
    for (const [pattern] of known)
      expect(
        blocks.some((text) => pattern.test(text)),
        `${pattern}`,
      ).toBe(true)
  })

  test.each([
    ['obflow frobnicate', "unknown command 'frobnicate'"],
    ['obflow host ls --frobnicate', "unknown option '--frobnicate'"],
    ['.tools/bin/obflow doctor --hast 10.0.0.1', "unknown option '--hast'"],
    ['make frobnicate', 'frobnicate'],
    ['make bench WITH=1', 'WITH'],
    ['node bench/frobnicate.ts', 'bench/frobnicate.ts'],
    ['docker compose exec -T frobnicate ls', 'frobnicate'],
  ])('would be found out: %s', async (command, why) => {
    expect(await refusal(command)).toContain(why)
  })
})
