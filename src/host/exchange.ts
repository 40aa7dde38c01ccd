import type { Secret } from '../quote.ts'
import { type Giver, startGiver } from './give.ts'
import type { Upload } from './host.ts'
import type { Workplace } from './run.ts'

/** A place at a host that gives a file, to fetch it once. */
export interface Seat {
  readonly ip: string
  readonly port: number
  readonly token: Secret
  /** Frees it. `well` is false when nothing came: this giver is then asked no more. */
  leave(well: boolean): void
}

/** Who waits for a file, and who gives it. */
export interface Exchange {
  /** `take` is called at most once, with a seat; returns what ends the waiting. */
  want(file: Upload, take: (seat: Seat) => void): () => void
  /** Has a host that has the file give it, if somebody waits for it. Never rejects. */
  offer(place: Workplace, file: Upload): Promise<void>
  close(): Promise<void>
}

/** A smaller file is sent as soon as a giver would be there. */
const minBytes = 4 * 2 ** 20
const seatsEach = 16
const maxGivers = 16
/** Hosts that cannot reach each other: after so many vain tries each is sent the file from here. */
const maxFailures = 3

interface Giving {
  readonly giver: Giver
  taken: number
  broken: boolean
}

interface Group {
  readonly waiting: Set<(seat: Seat) => void>
  readonly givers: Set<Giving>
  failures: number
}

/** Files are known by their digest. */
export function createExchange(): Exchange {
  const groups = new Map<string, Group>()
  const running = new Set<Promise<void>>()

  const groupOf = (sha256: string): Group => {
    const group = groups.get(sha256) ?? { waiting: new Set(), givers: new Set(), failures: 0 }
    groups.set(sha256, group)
    return group
  }

  function seatAt(sha256: string, giving: Giving): Seat | undefined {
    const token = giving.giver.tokens.pop()
    if (token === undefined) return undefined
    giving.taken += 1
    let left = false
    return {
      ip: giving.giver.ip,
      port: giving.giver.port,
      token,
      leave: (well) => {
        if (left) return
        left = true
        giving.taken -= 1
        if (!well) {
          giving.broken = true
          groupOf(sha256).failures += 1
        }
        assign(sha256)
      },
    }
  }

  /** Gives seats to who waits; ends the givers that nobody needs. */
  function assign(sha256: string): void {
    const group = groupOf(sha256)
    for (const take of group.waiting) {
      const [giving] = [...group.givers]
        .filter(({ broken, taken }) => !broken && taken < seatsEach)
        .toSorted((one, other) => one.taken - other.taken)
      const seat = giving && seatAt(sha256, giving)
      if (!seat) break
      group.waiting.delete(take)
      take(seat)
    }
    for (const giving of group.givers) {
      if (giving.giver.tokens.length === 0) giving.broken = true
      if (giving.taken > 0 || (group.waiting.size > 0 && !giving.broken)) continue
      group.givers.delete(giving)
      giving.giver.end()
    }
    if (group.waiting.size === 0 && group.givers.size === 0) groups.delete(sha256)
  }

  return {
    want({ sha256, sizeBytes }, take) {
      if (sizeBytes < minBytes) return () => undefined
      groupOf(sha256).waiting.add(take)
      return () => {
        if (groups.get(sha256)?.waiting.delete(take)) assign(sha256)
      }
    },
    async offer(place, { sha256, to }) {
      const group = groups.get(sha256)
      if (!group || group.waiting.size === 0) return
      if (group.failures >= maxFailures || group.givers.size >= maxGivers) return
      const giver = await startGiver(place, to)
      if (!giver) return
      running.add(giver.ended)
      const giving: Giving = { giver, taken: 0, broken: false }
      groupOf(sha256).givers.add(giving)
      void giver.ended.then(() => {
        running.delete(giver.ended)
        giving.broken = true
        assign(sha256)
      })
      assign(sha256)
    },
    async close() {
      for (const { givers } of groups.values()) for (const { giver } of givers) giver.end()
      await Promise.all(running)
    },
  }
}
