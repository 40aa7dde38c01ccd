import type { Store } from './index.ts'

type Rooms = Omit<Store, 'transaction' | 'reseal' | 'ping' | 'close'>

/** A method of the store by its room, e.g. `hosts.get`. */
export type StoreMethod = {
  [Room in keyof Rooms]: `${Room}.${keyof Rooms[Room] & string}`
}[keyof Rooms]

type RoomOf<Method> = Method extends `${infer Room extends keyof Rooms}.${string}` ? Room : never
type NameIn<
  Room extends keyof Rooms,
  Method,
> = Method extends `${Room}.${infer Name extends keyof Rooms[Room] & string}` ? Name : never

/**
 * The store with these methods alone: `StoreWith<'hosts.get' | 'secrets.put'>`. A node that asks
 * for no more says what it reads and writes, and a test gives it no more. `-?` takes nothing away;
 * with it TypeScript compares two of these by their methods instead of guessing from the unions.
 */
export type StoreWith<Method extends StoreMethod> = {
  readonly [Room in RoomOf<Method>]-?: Pick<Rooms[Room], NameIn<Room, Method>>
}
