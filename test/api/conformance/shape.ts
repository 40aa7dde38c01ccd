/**
 * What JSON holds at each path: the kinds of value seen there. Elements of an array share one path,
 * that of the array and `[]`.
 */
export type Shape = ReadonlyMap<string, ReadonlySet<string>>

const isTime = (text: string): boolean =>
  /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/.test(text)

/**
 * A text that is a time in ISO 8601 with an offset is of another kind than any text, and a whole
 * number than any number.
 */
export function kindOf(value: unknown): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'array'
  if (typeof value === 'string') return isTime(value) ? 'time' : 'string'
  return Number.isInteger(value) ? 'integer' : typeof value
}

/** The shape of a value; paths as `data.contents[].id`. */
export function shapeOf(value: unknown): Shape {
  const shape = new Map<string, Set<string>>()
  const walk = (at: unknown, path: string): void => {
    const kinds = shape.get(path) ?? new Set()
    shape.set(path, kinds.add(kindOf(at)))
    if (Array.isArray(at)) for (const item of at) walk(item, `${path}[]`)
    else if (typeof at === 'object' && at !== null)
      for (const [key, item] of Object.entries(at)) walk(item, path === '' ? key : `${path}.${key}`)
  }
  walk(value, '')
  return shape
}

export interface Difference {
  readonly path: string
  readonly what: string
}

/**
 * Paths of a sample that a reply lacks, or holds another kind of value at. Only where the sample
 * itself has nothing but null may a reply have anything.
 */
export function differences(sample: Shape, reply: Shape): Difference[] {
  return [...sample].flatMap(([path, kinds]) => {
    const seen = reply.get(path)
    if (seen === undefined) return [{ path, what: 'is missing' }]
    const known = [...kinds].filter((kind) => kind !== 'null')
    const given = [...seen].filter((kind) => kind !== 'null')
    if (known.length === 0) return []
    if (given.length === 0) return [{ path, what: `is null, not ${known.join(' or ')}` }]
    const wrong = given.filter((kind) => !known.includes(kind))
    return wrong.length === 0
      ? []
      : [{ path, what: `is ${wrong.join(' or ')}, not ${known.join(' or ')}` }]
  })
}

/** All objects at a path of a reply, arrays laid flat; the empty path is the reply itself. */
export function objectsAt(reply: unknown, path: string): Readonly<Record<string, unknown>>[] {
  let found = [reply]
  for (const step of path === '' ? [] : path.split('.'))
    found = found.flat().flatMap((value) => (isObject(value) && step in value ? [value[step]] : []))
  return found.flat().filter(isObject)
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
