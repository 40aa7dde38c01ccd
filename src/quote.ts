import { inspect } from 'node:util'

/**
 * A password or key: it never shows itself in logs, errors, JSON or template strings; only
 * `reveal()` gives it out.
 */
export class Secret {
  readonly #value: string
  constructor(value: string) {
    this.#value = value
  }
  reveal(): string {
    return this.#value
  }
  toString(): string {
    return '***'
  }
  toJSON(): string {
    return '***'
  }
  [inspect.custom](): string {
    return '***'
  }
}

/**
 * Text made ready for a shell or for SQL: `text` is what is sent, `shown` is what may be logged,
 * `secrets` is what an answer must not repeat.
 */
export class Quoted {
  readonly text: string
  readonly shown: string
  readonly secrets: readonly Secret[]
  constructor(text: string, shown: string = text, secrets: readonly Secret[] = []) {
    this.text = text
    this.shown = shown
    this.secrets = secrets
  }
}

export type Value = string | number | Secret | Quoted | readonly (string | number)[]

// NUL ends an argument early in C and is never part of a path, a name or a password.
const refuseNul = (value: string): string => {
  if (value.includes('\0')) throw new TypeError('a value that holds a NUL byte cannot be quoted')
  return value
}

const shellWord = (value: string): string =>
  /^[\w@%+=:,./-]+$/.test(value) ? value : `'${refuseNul(value).replaceAll("'", `'\\''`)}'`

// OceanBase and MySQL read backslash escapes inside string literals unless NO_BACKSLASH_ESCAPES is
// set.
const sqlLiteral = (value: string): string =>
  `'${refuseNul(value).replaceAll('\\', '\\\\').replaceAll("'", "''")}'`

const template =
  (quote: (value: string) => string, list: string, number: (value: number) => string) =>
  (parts: TemplateStringsArray, ...values: readonly Value[]): Quoted => {
    let text = ''
    let shown = ''
    const secrets: Secret[] = []
    parts.forEach((part, index) => {
      text += part
      shown += part
      if (index >= values.length) return
      const value = values[index]
      if (value === undefined) throw new TypeError('undefined cannot be quoted')
      if (value instanceof Quoted) {
        text += value.text
        shown += value.shown
        secrets.push(...value.secrets)
      } else if (value instanceof Secret) {
        text += quote(value.reveal())
        shown += '***'
        secrets.push(value)
      } else {
        const items = typeof value === 'object' ? value : [value]
        const quoted = items
          .map((item) => (typeof item === 'number' ? number(item) : quote(item)))
          .join(list)
        text += quoted
        shown += quoted
      }
    })
    return new Quoted(text, shown, secrets)
  }

const finite = (value: number): string => {
  if (!Number.isFinite(value)) throw new TypeError(`${value} is not a number to quote`)
  return String(value)
}

/**
 * Shell text: every value becomes one quoted word, a list becomes several, a Quoted goes in as it
 * is, a Secret is masked in `shown`.
 */
export const sh = template(shellWord, ' ', finite)

/**
 * SQL text: every value becomes a literal, a list becomes a comma-separated one, a Quoted goes in
 * as it is, a Secret is masked in `shown`.
 */
export const sql = template(sqlLiteral, ', ', finite)

/** A SQL identifier (zone, user, tenant) between back-ticks. */
export const identifier = (name: string): Quoted =>
  new Quoted(`\`${refuseNul(name).replaceAll('`', '``')}\``)

/** Joins pieces that are quoted already. */
export const joined = (pieces: readonly Quoted[], separator: string): Quoted =>
  new Quoted(
    pieces.map((piece) => piece.text).join(separator),
    pieces.map((piece) => piece.shown).join(separator),
    pieces.flatMap((piece) => piece.secrets),
  )

/**
 * Someone's answer with the secrets it was given taken out, quoted or not: shells and servers
 * repeat the line they stumble over.
 */
export const withoutSecrets = (answer: string, secrets: readonly Secret[]): string =>
  secrets
    .map((secret) => secret.reveal())
    .filter((value) => value !== '')
    .flatMap((value) => [
      shellWord(value),
      sqlLiteral(value),
      sqlLiteral(value).slice(1, -1),
      value,
    ])
    .reduce((text, form) => text.replaceAll(form, '***'), answer)
