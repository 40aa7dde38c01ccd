import { describe, expect, it } from 'vitest'
import { bare, type Command, commandsOf } from './commands.ts'
import { pageCommands } from './pages.ts'
import { notRun, ruleOf, special } from './rules.ts'

const unknown = (commands: readonly Command[]): string[] =>
  commands
    .filter((command) => ruleOf(command) === undefined)
    .map(({ line, text }) => `line ${line}: ${text}`)
const uncovered = (markdown: string): string[] => unknown(commandsOf(markdown))

describe("README's commands", () => {
  it('are each run by `make readme`, or named with the reason why not', () => {
    expect(unknown(pageCommands)).toEqual([])
  })

  it.each([
    ['an indented block', '\n    make frobnicate\n', 'make frobnicate'],
    ['a fenced block', '\n```bash\nkubectl apply -f x.yaml\n```\n', 'kubectl apply -f x.yaml'],
    [
      'a sentence',
      '\nThen `.tools/bin/obflow frobnicate` does it.\n',
      '.tools/bin/obflow frobnicate',
    ],
    ['a sentence, over two lines', '\nThen `npm\nrun it` does it.\n', 'npm run it'],
    [
      'a sentence, with a setting',
      '\nSo `DEMO=1 make frobnicate` does it.\n',
      'DEMO=1 make frobnicate',
    ],
  ])('are missed when nothing knows one, in %s', (_, added, command) => {
    expect(uncovered(`# A page\n${added}`)).toEqual([expect.stringContaining(command)])
  })

  it('are found in a block that nobody marked as shell', () => {
    expect(() => commandsOf(`\n\`\`\`\nmake frobnicate now\n\`\`\`\n`)).toThrow('```bash')
  })

  it('are all that the rules know', () => {
    const commands = pageCommands
    const whole = commands.map(({ text }) => text.replace(/ +# .*$/, ''))
    for (const known of Object.keys(special)) expect(whole).toContain(known)
    for (const known of Object.keys(notRun))
      expect(commands.map(({ text }) => bare(text))).toContain(known)
  })

  it('keep a here-document, a function and a loop together', () => {
    const block = '```bash\nf() {\n  echo\n}\nf <<X\na\nX\nfor i in 1 2; do\n  f\ndone\n```\n'
    expect(commandsOf(block).map(({ text, line }) => [line, text.split('\n').length])).toEqual([
      [2, 3],
      [5, 3],
      [8, 3],
    ])
  })
})
