import { spawnSync } from 'node:child_process'

/** A shell command of README.md, as it is written there. */
export interface Command {
  readonly text: string
  /** Line of README.md. */
  readonly line: number
  /** In a block of its own, or within a sentence. */
  readonly inline: boolean
}

/** A block of code with its first line's number. */
interface Block {
  readonly lines: readonly string[]
  readonly line: number
  /** What its fence names; undefined: it has none, and is indented. */
  readonly language: string | undefined
}

/** Whether a reader would paste it. */
const isShell = ({ language }: Block): boolean => language === undefined || language === 'bash'

interface Parts {
  readonly blocks: readonly Block[]
  /** What is no block, line by line; lines of blocks are empty. */
  readonly prose: readonly string[]
}

/** Takes a page apart: fenced and indented blocks, and the rest. */
function partsOf(markdown: string): Parts {
  const lines = markdown.split('\n')
  const blocks: Block[] = []
  const prose = lines.map(() => '')
  for (let at = 0; at < lines.length; at += 1) {
    const line = lines[at] ?? ''
    const fence = /^```(\w*)$/.exec(line)
    const indented = line.startsWith('    ') && (lines[at - 1] ?? '') === ''
    if (!fence && !indented) {
      prose[at] = line
      continue
    }
    const first = fence ? at + 1 : at
    let end = first
    const inside = (text: string): boolean => (fence ? text !== '```' : text.startsWith('    '))
    while (end < lines.length && inside(lines[end] ?? '')) end += 1
    const body = lines.slice(first, end).map((text) => (fence ? text : text.slice(4)))
    blocks.push({
      lines: body,
      line: first + 1,
      language: fence?.[1],
    })
    at = fence ? end : end - 1
  }
  return { blocks, prose }
}

/** Whether bash has all of a command: no quote, brace or here-document is open. */
function isWhole(text: string): boolean {
  const { status, stderr } = spawnSync('bash', ['-n'], { input: text, encoding: 'utf8' })
  if (text.endsWith('\\\n')) return false
  return status === 0 && stderr === ''
}

/** The commands of a block of shell, each with all its lines. */
function commandsIn({ lines, line }: Block): Command[] {
  const commands: Command[] = []
  let open: string[] = []
  for (const [index, text] of lines.entries()) {
    if (open.length === 0 && /^\s*(#|$)/.test(text)) continue
    open.push(text)
    if (!isWhole(`${open.join('\n')}\n`)) continue
    commands.push({ text: open.join('\n'), line: line + index + 1 - open.length, inline: false })
    open = []
  }
  if (open.length > 0) throw new Error(`line ${line}: bash does not see the end of ${open[0]}`)
  return commands
}

const assignments = /^(?:[A-Z_]+=\S+ +)+/

/** A command without the settings before it and the remark behind it. */
export const bare = (text: string): string => text.replace(assignments, '').replace(/ +# .*$/, '')

/**
 * Code in a sentence that is more than a name: a lower-case word, or a path, with words after it.
 */
const looksLikeCommand = (code: string): boolean =>
  /^[a-z.][\w./-]* +\S/.test(code.replace(assignments, ''))

/**
 * Every shell command of a page, in order: of its blocks, and those in sentences that no block has.
 */
export function commandsOf(markdown: string): Command[] {
  const { blocks, prose } = partsOf(markdown)
  for (const { language, lines, line } of blocks)
    if (language === '' && lines.some(looksLikeCommand))
      throw new Error(`line ${line}: a block of commands is marked \`\`\`bash`)
  const inBlocks = blocks.filter(isShell).flatMap(commandsIn)
  const known = new Set(inBlocks.map(({ text }) => bare(text)))
  const text = prose.join('\n')
  const inline: Command[] = []
  for (const { 1: code = '', index } of text.matchAll(/`([^`]+)`/g)) {
    const command = code.replaceAll('\n', ' ')
    const name = command === bare(command) ? bare(command) : command
    if (!looksLikeCommand(command) || known.has(name)) continue
    known.add(name)
    inline.push({ text: command, line: text.slice(0, index).split('\n').length, inline: true })
  }
  return [...inBlocks, ...inline].sort((one, other) => one.line - other.line)
}
