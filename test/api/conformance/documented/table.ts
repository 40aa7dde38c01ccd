/** The kind of a field; a list of words is an enum. `time` is a text in ISO 8601 with an offset. */
export type Kind =
  | 'any'
  | 'string'
  | 'integer'
  | 'boolean'
  | 'time'
  | 'array'
  | 'object'
  | readonly string[]

/**
 * The fields of one of OCP's objects. A `?` marks one that an object need not have: a task that
 * runs has no finishTime yet.
 */
export type Table = Readonly<Record<string, Kind>>
