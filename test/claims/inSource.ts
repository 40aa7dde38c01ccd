import { globSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'

/** Something that the source takes to be true of OceanBase, OBProxy or the agents. */
export interface Claim {
  readonly kind: 'statement' | 'number' | 'flag' | 'path'
  /** As docs/real-oceanbase.md lists it. */
  readonly text: string
  /** The file that claims it, from the top of the repository. */
  readonly file: string
}

const top = resolve(import.meta.dirname, '../..')

/** Where statements, numbers of refusals, flags and paths of the real programs are written. */
const rooms = 'src/{oceanbase,activities}/**/*.{ts,sh}'

const ownPath = /\/(?:home\/admin|opt\/taobao)(?:\/[\w.-]+)*/g
const pathInHome = /(?<=[}"'`])\/?(?:bin|etc|run|log|lib|conf)\/[\w.-]*[a-z_][\w./-]*/g
const statementTemplate = /\b(?:sql|new Quoted\()`((?:[^`\\]|\\.)*)`/g
/** Four digits that no arithmetic touches. */
const refusal = /(?<![\w.'`*/+:-]|[*/+] )\b[1-9]\d{3}\b(?![\w.'`]| ?[*/+])/g
const refusals = /oceanbase\/sql\/|observer\/probe|activities\/(cluster|restart)\//
const flag = /(?<=')-[a-zA-Z](?=')/g

/** Without comments and imports, which claim nothing. */
const codeOf = (file: string): string => {
  const text = readFileSync(join(top, file), 'utf8')
  return file.endsWith('.sh')
    ? text.replaceAll(/^\s*#.*$/gm, '')
    : text
        .replaceAll(/\/\*[\s\S]*?\*\//g, '')
        .replaceAll(/(^|\s)\/\/.*$/gm, '')
        .replaceAll(/^(import|export) [^;]*? from '[^']*'$/gm, '')
}

const pathsIn = (code: string): string[] =>
  [...(code.match(ownPath) ?? []), ...(code.match(pathInHome) ?? [])].map((path) =>
    path.replace(/[/.]+$/, '').replace(/^\/(?!home|opt)/, ''),
  )

/** A statement as the table lists it, `…` for each value; of a query the views that it reads. */
function statement(template: string): string[] {
  const words = template
    .replaceAll(/\$\{[^}]*\}/g, '…')
    .replaceAll(/\s+/g, ' ')
    .trim()
  if (/^SELECT\b/.test(words)) return words.match(/oceanbase\.[\w$]+/gi) ?? [words]
  return /^[A-Z]{2,} /.test(words) ? [words] : []
}

/** All claims of the source, each once. */
export function claimsInSource(): Claim[] {
  const claims = new Map<string, Claim>()
  for (const file of globSync(rooms, { cwd: top }).sort()) {
    const code = codeOf(file)
    const add = (kind: Claim['kind'], texts: readonly string[] | null): void => {
      for (const text of texts ?? []) claims.set(`${kind} ${text}`, { kind, text, file })
    }
    add('path', pathsIn(code))
    if (file.endsWith('.sh')) continue
    for (const [, template = ''] of code.matchAll(statementTemplate))
      add('statement', statement(template))
    if (refusals.test(file)) add('number', code.match(refusal))
    const program = /oceanbase\/(observer|obproxy)\//.exec(file)?.[1]
    if (program) add('flag', code.match(flag)?.map((each) => `${program} ${each}`) ?? null)
  }
  return [...claims.values()]
}
