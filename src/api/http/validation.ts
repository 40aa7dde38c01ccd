import { z } from 'zod'
import { type Finding, Refused } from '../../errors/refused.ts'
import { type Said, say } from '../../errors/say.ts'
import { nearest } from '../../nearest.ts'
import { namesAt } from './fields.ts'
import { because, reasonOf } from './reasons.ts'

/** Fields whose value is never sent back. */
const secretField = /pass(word|phrase)|secret|token$/i

type Path = readonly PropertyKey[]

const notText = say`not a text that can be stored`

const pathOf = (steps: Path): string =>
  steps.reduce<string>((path, step) => {
    if (typeof step === 'number') return `${path}[${step}]`
    return path === '' ? String(step) : `${path}.${String(step)}`
  }, '')

/**
 * What was sent at a path, cut to what is useful to read; nothing from a secret field, nor of a
 * body that is one text.
 */
function sentAt(source: unknown, steps: Path): unknown {
  if (steps.length === 0 || steps.some((step) => secretField.test(String(step)))) return undefined
  const value = steps.reduce<unknown>(
    (at, step) =>
      typeof at === 'object' && at !== null && Object.hasOwn(at, step)
        ? Reflect.get(at, step)
        : undefined,
    source,
  )
  if (typeof value === 'string') return value.slice(0, 200)
  return typeof value === 'number' || typeof value === 'boolean' || value === null
    ? value
    : undefined
}

/** Values in one body: a create with as many hosts as a cluster may have needs 3,000. */
const maxValues = 5000
/** Findings that one answer names. */
const maxFindings = 100

/**
 * Whether something has more values than a body may: known before a schema looks at each of them.
 */
export function hasMoreValues(sent: unknown, most: number): boolean {
  const waiting: unknown[] = [sent]
  for (let seen = 0; waiting.length > 0; seen += 1) {
    if (seen > most || waiting.length > most) return true
    const value = waiting.pop()
    if (typeof value !== 'object' || value === null) continue
    if (Array.isArray(value) && value.length > most) return true
    for (const each of Object.values(value)) waiting.push(each)
  }
  return false
}

function unknownField(name: string, known: readonly string[]): Said {
  const meant = nearest(name, known)
  return meant === undefined ? say`unknown field` : say`unknown field; did you mean ${meant}?`
}

type Raw = z.core.$ZodRawIssue

/**
 * What a schema makes of something, or what it objects to, without words: only those that are
 * answered get them.
 */
function read(
  schema: z.ZodType,
  sent: unknown,
): { readonly value: unknown } | { readonly issues: readonly Raw[] } {
  const result = schema._zod.run({ value: sent, issues: [] }, { async: false })
  if (result instanceof Promise) throw new TypeError('a schema of a call must not wait')
  return result.issues.length > 0 ? { issues: result.issues } : { value: result.value }
}

/**
 * A finding for each wrong or unknown field of something that does not have its schema's shape, the
 * field named.
 */
const findingsOf = (schema: z.ZodType, issues: readonly Raw[], source: unknown): Finding[] =>
  issues.slice(0, maxFindings).flatMap((raw): Finding[] => {
    const path = raw.path ?? []
    if (raw.code === 'unrecognized_keys') {
      return raw.keys.slice(0, maxFindings).map((key) => {
        const field = pathOf([...path, key])
        return { code: 'COM10001', args: [field, unknownField(key, namesAt(schema, path))], field }
      })
    }
    const field = pathOf(path) || 'body'
    const rejected = sentAt(source, path)
    return [
      {
        code: 'COM10001',
        args: [field, reasonOf(raw)],
        field,
        ...(rejected !== undefined && { rejected }),
      },
    ]
  })

const deepest = 32

/**
 * Where something lies that no database stores: a NUL, half of a surrogate pair, or more levels
 * than any call has.
 */
function unstorable(value: unknown, path: Path = []): Path | undefined {
  if (typeof value === 'string')
    return value.includes('\0') || !value.isWellFormed() ? path : undefined
  if (typeof value !== 'object' || value === null) return undefined
  if (path.length > deepest) return path.slice(0, 1)
  for (const [key, item] of Object.entries(value)) {
    const bad = unstorable(key)
      ? path
      : unstorable(item, [...path, Array.isArray(value) ? Number(key) : key])
    if (bad) return bad
  }
  return undefined
}

/**
 * What Fastify runs over parameters, query and body: the parsed value, or a refusal with a finding
 * for each wrong field.
 */
export const compileValidator =
  ({ schema }: { schema: z.ZodType }) =>
  (sent: unknown): { value: unknown } | { error: Error } => {
    if (hasMoreValues(sent, maxValues)) {
      return {
        error: new Refused({
          code: 'COM10001',
          args: ['body', say`more than ${maxValues} values`],
          field: 'body',
        }),
      }
    }
    const found = read(schema, sent)
    if ('value' in found) {
      const bad = unstorable(found.value)
      if (bad === undefined) return found
      return {
        error: new Refused({ code: 'COM10001', args: [pathOf(bad), notText], field: pathOf(bad) }),
      }
    }
    const [
      first = { code: 'COM10003' as const, args: [say`the request does not have the right form`] },
      ...others
    ] = findingsOf(schema, found.issues, sent)
    return { error: new Refused(first, ...others) }
  }

const largestKey = 2_147_483_647

/** A key of the store, in a body. */
export const key = z.int().min(1).max(largestKey)

/**
 * A key of the store, in a path or a query: digits, and not all else that JavaScript reads as a
 * number.
 */
export const id = z
  .string()
  .regex(/^[1-9]\d{0,9}$/, because(say`must be a whole number from 1`))
  .transform(Number)
  .pipe(z.int().max(largestKey))
  .meta({ wire: { type: 'integer', minimum: 1, maximum: largestKey } })
export const idParam = z.object({ id })

/** Values in one list of a query. */
const maxListed = 200

/** `a,b` or repeated: OCP's lists in a query. */
export const list = <Value>(item: z.ZodType<Value, string>) =>
  z
    .union([z.string(), z.array(z.string())])
    .transform((given) => [given].flat().flatMap((text) => text.split(',')))
    .refine((given) => given.length <= maxListed, {
      message: because(say`must have at most ${maxListed} values`),
      abort: true,
    })
    .pipe(z.array(item))
    .meta({
      wire: {
        type: 'array',
        items: z.globalRegistry.get(item)?.wire ?? z.toJSONSchema(item, { io: 'input' }),
      },
    })

/** `page`, `size` and `sort` of OCP's lists; `sort` is one of the fields given, e.g. `id,asc`. */
export const paging = (...sortable: readonly [string, ...string[]]) => ({
  page: z.coerce.number().int().min(1).max(1_000_000).default(1),
  size: z.coerce.number().int().min(1).max(2000).default(10),
  sort: z
    .string()
    .regex(
      new RegExp(`^(${sortable.join('|')})(,(asc|desc))?$`, 'i'),
      because(say`must be one of ${sortable}, then ,asc or ,desc`),
    )
    .transform((text) => {
      const [given = '', direction] = text.split(',')
      const field = sortable.find((name) => name.toLowerCase() === given.toLowerCase()) ?? given
      return {
        field,
        direction: direction?.toLowerCase() === 'desc' ? ('desc' as const) : ('asc' as const),
      }
    })
    .optional(),
})
