import { call, parseAddress } from './rpc.ts'

const samples = 3

/**
 * Difference between a server's clock and ours in ms: the best of a few round trips, each halved.
 */
async function offset(address: string): Promise<number> {
  const to = parseAddress(address)
  if (!to) return 0
  let best = { roundTrip: Number.POSITIVE_INFINITY, offset: 0 }
  for (let turn = 0; turn < samples; turn++) {
    const before = Date.now()
    const theirs = await call<number>(to, 'clock', null, 2000)
    const after = Date.now()
    if (after - before < best.roundTrip)
      best = { roundTrip: after - before, offset: theirs - (before + after) / 2 }
  }
  return best.offset
}

/** Largest difference between any two of the servers' clocks, in whole ms. */
export async function clockSpreadMs(addresses: string[]): Promise<number> {
  const offsets = await Promise.all(addresses.map(offset))
  return Math.round(Math.max(...offsets) - Math.min(...offsets))
}
