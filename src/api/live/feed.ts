import type { Reader } from '../tasks/reader.ts'

/** How a reader wants a feed told. */
export interface Telling extends Reader {
  readonly compact: boolean
}

/** What a reader is given next, and where it stands then. */
export interface Told {
  readonly bytes: Buffer
  readonly cursor: number
}

/** Something in the store that changes, read once a tick for all who follow it. */
export interface Feed {
  /** Reads what is new. False when it is not there. Never called twice at a time. */
  poll(): Promise<boolean>
  /** The whole, as it stands. */
  whole(telling: Telling): Told
  /** What is new since a cursor, in its newest state; undefined: nothing. */
  since(cursor: number, telling: Telling): Told | undefined
  /** What a reader missed that had an event of this id last; undefined: tell it the whole. */
  resume(eventId: number, telling: Telling): (Partial<Told> & Pick<Told, 'cursor'>) | undefined
  /** The id of the newest event. */
  readonly lastId: number
  /** Nothing more will come. */
  readonly ended: boolean
}

/** Texts that many readers share; made once for each way of telling. */
export function perTelling<Value>(make: (telling: Telling) => Value) {
  const made = new Map<string, Value>()
  return {
    of(telling: Telling): Value {
      const key = `${telling.language} ${telling.codes} ${telling.compact}`
      const known = made.get(key)
      if (known !== undefined) return known
      const value = make(telling)
      made.set(key, value)
      return value
    },
    forget: () => made.clear(),
  }
}
