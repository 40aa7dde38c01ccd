import { sh } from '../quote.ts'
import type { Host } from './host.ts'

/** How far a host's clock is ahead of this machine's, and how wrong that may be: half of the round trip. Milliseconds. */
export interface ClockOffset {
  readonly offsetMs: number
  readonly errorMs: number
}

/** Asks a host for its time once; the answer is held to be from the middle of the round trip. */
const ask = async (host: Host): Promise<ClockOffset> => {
  const start = performance.now()
  const answer = await host.must(sh`date +%s%N`, { title: 'read the clock', timeoutMs: 10_000 })
  const roundTrip = performance.now() - start
  const middle = performance.timeOrigin + start + roundTrip / 2
  return { offsetMs: Number(answer) / 1e6 - middle, errorMs: roundTrip / 2 }
}

/** The offset of a host's clock: the quickest of `times` answers, which is the truest. */
export const clockOffset = async (host: Host, times: number): Promise<ClockOffset> => {
  let best = await ask(host)
  for (let left = times - 1; left > 0; left -= 1) {
    const next = await ask(host)
    if (next.errorMs < best.errorMs) best = next
  }
  return best
}
