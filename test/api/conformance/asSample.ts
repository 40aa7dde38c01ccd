import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { absent } from './absent.ts'
import { type DocumentedCall, documentedCalls, type Holds } from './documented/calls.ts'
import type { Kind, Table } from './documented/table.ts'
import { type TableName, tables } from './documented/tables.ts'
import { matching } from './matching.ts'
import { type Difference, differences, kindOf, objectsAt, shapeOf } from './shape.ts'

/** The documented call that a method and a path are. */
export const documentedCall = (method: string, path: string): string | undefined =>
  matching(Object.keys(documentedCalls), method, path)

const file = z.looseObject({ call: z.string().optional(), response: z.unknown().optional() })
/** OCP's sample of that name. */
export function sampleOf(name: string) {
  const read: unknown = JSON.parse(
    readFileSync(new URL(`../fixtures/samples/${name}.json`, import.meta.url), 'utf8'),
  )
  const { call, response } = file.parse(read)
  return { call, response: response ?? read }
}

/** Every object that a reply is documented to hold: its own, and the envelope's. */
const withEnvelope = ({ holds = {}, bare }: DocumentedCall): Holds => ({
  ...(!bare && { '': 'Envelope' as const }),
  ...holds,
})

/** The documented field that a path of a shape lies in, as `Cluster.zones`. */
function fieldOf(
  path: string,
  holds: Holds,
): { readonly field: string; readonly holder: string } | undefined {
  const steps = path.replaceAll('[]', '').split('.')
  for (let length = steps.length - 1; length >= 0; length--) {
    const holder = steps.slice(0, length).join('.')
    const table = holds[holder]
    if (table) return { field: `${table}.${steps[length]}`, holder }
  }
  return undefined
}

/** What has not ended lacks its end. */
const underWay = (value: Readonly<Record<string, unknown>>): boolean =>
  ['PENDING', 'READY', 'RUNNING'].includes(String(value.status))
const isOptional = (field: string): boolean => {
  const [table = '', name] = field.split('.')
  return Object.entries(tables).some(([key, fields]) => key === table && `${name}?` in fields)
}

/**
 * Whether a reply is to have all that OCP's sample shows, or may be of something else: an empty
 * list, a task that no cluster is in.
 */
type Likeness = 'sample' | 'any'

function fromSample(name: string, body: unknown, holds: Holds, like: Likeness): string[] {
  const shape = shapeOf(body)
  const atTop = (path: string): boolean => shape.has(path.replace(/(\[\]|\.?[^.[\]]+)$/, ''))
  const excused = ({ path, what }: Difference): boolean => {
    const found = fieldOf(path, holds)
    if (!found) return false
    if (found.field in absent.fields) return true
    if (what !== 'is missing') return false
    if (like === 'any' && (path.endsWith('[]') || !atTop(path))) return true
    return (
      isOptional(found.field) && (like === 'any' || objectsAt(body, found.holder).some(underWay))
    )
  }
  return differences(shapeOf(sampleOf(name).response), shape)
    .filter((difference) => !excused(difference))
    .map(({ path, what }) => `${path} ${what}`)
}

const wrong = (value: unknown, kind: Kind): string | undefined => {
  if (value === null || kind === 'any') return undefined
  if (typeof kind !== 'string')
    return kind.includes(String(value))
      ? undefined
      : `is ${String(value)}, which is none of ${kind.join()}`
  const given = kindOf(value)
  const fits = given === kind || (kind === 'string' && given === 'time')
  return fits ? undefined : `is ${given}, not ${kind}`
}

function fromTable(path: string, name: TableName, body: unknown): string[] {
  const found = objectsAt(body, path)
  const table: Table = tables[name]
  return Object.entries(table).flatMap(([key, kind]): string[] => {
    const field = key.replace(/\?$/, '')
    const at = `${path}.${field}`.replace(/^\./, '')
    const having = found.filter((object) => field in object)
    if (`${name}.${field}` in absent.fields) {
      return having.length === 0
        ? []
        : [`${at} is there, though ${name}.${field} is said to be absent`]
    }
    const missing = !key.endsWith('?') && having.length < found.length ? [`${at} is missing`] : []
    return [
      ...missing,
      ...new Set(
        having.flatMap((object) => wrong(object[field], kind) ?? []).map((what) => `${at} ${what}`),
      ),
    ]
  })
}

/**
 * In what a reply deviates from what OCP documents for that call: its sample and its tables. That
 * is a field that is missing, or of another type, or no time, or no word of its enum, and has no
 * reason in `absent`; or one that has a reason and is there all the same.
 */
export function deviations(call: string, body: unknown, like: Likeness = 'sample'): string[] {
  const documented = documentedCalls[call]
  if (!documented) return [`${call} is not documented`]
  const holds = withEnvelope(documented)
  return [
    ...new Set([
      ...(documented.sample === undefined ? [] : fromSample(documented.sample, body, holds, like)),
      ...Object.entries(holds).flatMap(([path, name]) => fromTable(path, name, body)),
    ]),
  ]
}

/** In what a refusal deviates from OCP's error form. */
export const refusalDeviations = (body: unknown): string[] =>
  Object.entries({
    '': 'Envelope',
    error: 'ApiError',
    'error.subErrors': 'SubError',
  } as const).flatMap(([path, name]) => fromTable(path, name, body))

/** The tables of which such a reply has an object. */
export const tablesIn = (call: string, body: unknown): TableName[] =>
  Object.entries(withEnvelope(documentedCalls[call] ?? {})).flatMap(([path, name]) =>
    objectsAt(body, path).length > 0 ? [name] : [],
  )
