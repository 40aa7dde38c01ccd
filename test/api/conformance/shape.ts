/** What JSON holds at each path: the kinds of value seen there. Elements of an array share one path. */
export type Shape = ReadonlyMap<string, ReadonlySet<string>>

const kindOf = (value: unknown): string => (value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value)

/** The shape of a value; paths as `data.contents.id`. */
export function shapeOf(value: unknown): Shape {
  const shape = new Map<string, Set<string>>()
  const walk = (at: unknown, path: string): void => {
    const kinds = shape.get(path) ?? new Set()
    shape.set(path, kinds.add(kindOf(at)))
    if (Array.isArray(at)) for (const item of at) walk(item, path)
    else if (typeof at === 'object' && at !== null)
      for (const [key, item] of Object.entries(at)) walk(item, path === '' ? key : `${path}.${key}`)
  }
  walk(value, '')
  return shape
}

/** Paths of a sample that a reply lacks, or holds another kind of value at. What is null on one side says nothing. */
export function differences(sample: Shape, reply: Shape): string[] {
  return [...sample].flatMap(([path, kinds]) => {
    const seen = reply.get(path)
    if (seen === undefined) return [`${path} is missing`]
    const known = [...kinds].filter((kind) => kind !== 'null')
    const given = [...seen].filter((kind) => kind !== 'null')
    const fits = known.length === 0 || given.length === 0 || given.some((kind) => known.includes(kind))
    return fits ? [] : [`${path} is ${given.join(' or ')}, not ${known.join(' or ')}`]
  })
}
