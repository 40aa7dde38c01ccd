/**
 * A piece of a statement: `name` for an identifier (back-ticks taken off), `other` for all that
 * must stay as it is.
 */
type Token = { kind: 'name' | 'space' | 'other'; text: string; name: string }

const pattern =
  /(?<space>\s+|\/\*[\s\S]*?\*\/|--[ \t][^\n]*|#[^\n]*)|(?<string>'(?:[^'\\]|\\[\s\S]|'')*'|"(?:[^"\\]|\\[\s\S]|"")*")|`(?<quoted>[^`]*)`|(?<name>[A-Za-z_$][\w$]*)|(?<other>[\s\S])/gy

function tokens(sql: string): Token[] {
  return Array.from(sql.matchAll(pattern), ({ 0: text, groups = {} }) => {
    const name = groups.name ?? groups.quoted
    if (name !== undefined) return { kind: 'name' as const, text, name }
    return {
      kind: groups.space === undefined ? ('other' as const) : ('space' as const),
      text,
      name: '',
    }
  })
}

/** Words that follow a table without being its alias. */
const notAlias = new Set(
  'WHERE ORDER GROUP HAVING LIMIT JOIN LEFT RIGHT INNER OUTER CROSS NATURAL STRAIGHT_JOIN ON USING UNION EXCEPT INTERSECT MINUS FOR PARTITION USE FORCE IGNORE PROCEDURE INTO WINDOW LOCK SET'.split(
    ' ',
  ),
)

export type Table = (name: string) => string | undefined

/**
 * Puts a derived table where a statement names an emulated view, whatever its case, back-ticks and
 * `oceanbase.` prefix; strings and comments stay untouched. `table` returns the derived table of an
 * upper-case name, undefined for names that are not emulated.
 */
export function rewriteViews(sql: string, table: Table): { sql: string; changed: boolean } {
  const parts = tokens(sql)
  const solid = (from: number, step: 1 | -1): number => {
    let at = from + step
    while (parts[at]?.kind === 'space') at += step
    return at
  }
  const out = parts.map(({ text }) => text)
  let changed = false
  parts.forEach((part, at) => {
    if (part.kind !== 'name') return
    const derived = table(part.name.toUpperCase())
    if (derived === undefined) return
    const dot = solid(at, -1)
    const qualified = parts[dot]?.text === '.'
    const qualifier = qualified ? solid(dot, -1) : at
    if (qualified && parts[qualifier]?.name.toLowerCase() !== 'oceanbase') return
    const after = solid(at, 1)
    const before = parts[solid(qualifier, -1)]
    if (parts[after]?.text === '.') {
      // A column's qualifier: the derived table keeps the view's name as its alias, without the
      // database.
      blank(out, qualifier, at)
      changed ||= qualified
      return
    }
    if (before?.name.toUpperCase() === 'AS') return
    blank(out, qualifier, at)
    out[at] = `${derived}${hasAlias(parts[after]) ? '' : ` AS \`${part.name}\``}`
    changed = true
  })
  return { sql: out.join(''), changed }
}

function blank(out: string[], from: number, to: number): void {
  for (let at = from; at < to; at++) out[at] = ''
}

const hasAlias = (next: Token | undefined): boolean =>
  next?.kind === 'name' && !(next.text[0] !== '`' && notAlias.has(next.name.toUpperCase()))

/**
 * The statement without comments, outer blanks and the closing semicolon: what the statement table
 * matches on.
 */
export function normalised(sql: string): string {
  const text = tokens(sql)
    .map((part) => (part.kind === 'space' ? ' ' : part.text))
    .join('')
  return text.trim().replace(/[;\s]+$/, '')
}
