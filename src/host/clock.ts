import { sh } from '../quote.ts'
import type { Host } from './host.ts'

/**
 * How far a host's clock is ahead of this machine's, and how wrong that may be: half of the round
 * trip. Milliseconds.
 */
export interface ClockOffset {
  readonly offsetMs: number
  readonly errorMs: number
}

/** Date.now() counts whole milliseconds. */
const resolutionMs = 1

/**
 * The offset of a host's clock: the quickest of `times` answers, which is the truest. Each is held
 * to be from the middle of its round trip.
 */
export const clockOffset = async (
  host: Pick<Host, 'rounds'>,
  times: number,
): Promise<ClockOffset> => {
  // The first answer waits for the shell to start.
  const rounds = await host.rounds(sh`date +%s%N`, times + 1, 'read the clock')
  const offsets = rounds.map(({ answer, tookMs, midEpochMs }) => ({
    offsetMs: Number(answer) / 1e6 - midEpochMs,
    errorMs: tookMs / 2 + resolutionMs,
  }))
  return offsets.reduce((best, next) => (next.errorMs < best.errorMs ? next : best))
}

interface Measurement {
  readonly times: number
  readonly begun: number
  readonly offset: Promise<ClockOffset>
}

/** Measures a host's clock, or shares a measurement that began after `notBefore`. */
export type SharedClock = (
  host: Pick<Host, 'rounds'>,
  times: number,
  notBefore: number,
) => Promise<ClockOffset>

/**
 * One measurement for all who ask at the same time: in a cluster of a hundred hosts each root
 * server would be asked a hundred times. One that failed is shared with nobody.
 */
export function sharedClock(): SharedClock {
  let last: Measurement | undefined
  return async (host, times, notBefore) => {
    const known = last
    if (known && known.times >= times && known.begun >= notBefore) {
      const shared = await known.offset.catch(() => undefined)
      if (shared) return shared
    }
    const mine = { times, begun: performance.now(), offset: clockOffset(host, times) }
    last = mine
    return mine.offset
  }
}
