/**
 * Text as PostgreSQL can keep it: hosts print what they like, and a database stores neither a NUL
 * nor half of a surrogate pair. Works through lists and objects.
 */
export function storable<Value>(value: Value): Value
export function storable(value: unknown): unknown {
  if (typeof value === 'string') return value.replaceAll('\0', '\ufffd').toWellFormed()
  if (Array.isArray(value)) return value.map((item) => storable(item))
  if (typeof value !== 'object' || value === null || value instanceof Date) return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, storable(item)]))
}
