import { type Check, type Clock, when } from './finding.ts'

/**
 * Source: OceanBase's bootstrap troubleshooting (document 848524) and obdiag: members of an
 * election must agree within this.
 */
export const largestSpreadMs = 50

/**
 * The clocks furthest apart, and by how much surely (what the measuring may have added taken off).
 */
const spreadOf = (clocks: readonly Clock[]) => {
  const [first, ...rest] = [...clocks].sort((a, b) => a.offsetMs - b.offsetMs)
  const last = rest.at(-1)
  if (!first || !last) return undefined
  const spread = last.offsetMs - first.offsetMs
  return { first, last, spread, sure: spread - first.errorMs - last.errorMs }
}

/**
 * Above this clocks are looked at again; what is above the limit must not look as if it were below.
 */
const suspiciousMs = 35

/** Whether these clocks seem to differ, but not surely by more than is allowed. */
export const areDoubtful = (clocks: readonly Clock[]): boolean => {
  const found = spreadOf(clocks)
  return found !== undefined && found.spread > suspiciousMs && found.sure <= largestSpreadMs
}

/** Of several answers of each host the quickest, which is the truest. */
export const truest = (clocks: readonly Clock[]): Clock[] => {
  const best = new Map<string, Clock>()
  for (const clock of clocks) {
    const known = best.get(clock.ip)
    if (!known || clock.errorMs < known.errorMs) best.set(clock.ip, clock)
  }
  return [...best.values()]
}

const signed = (ms: number): string => `${ms > 0 ? '+' : ''}${Math.round(ms)} ms`

const clockAdvice = 'synchronise the clocks with chrony or NTP against one server, then retry'

const clockMessage = (clocks: readonly Clock[], self: string): string => {
  const offsets = clocks.map(({ offsetMs }) => offsetMs).sort((a, b) => a - b)
  const { spread = 0, sure = 0 } = spreadOf(clocks) ?? {}
  const median = offsets[Math.floor((offsets.length - 1) / 2)] ?? 0
  const worst = clocks
    .map((clock) => ({ ip: clock.ip, off: clock.offsetMs - median }))
    .sort((a, b) => Math.abs(b.off) - Math.abs(a.off))
    .slice(0, 5)
  const who = worst
    .map(({ ip, off }) => `${ip}${ip === self ? ' (this host)' : ''} ${signed(off)}`)
    .join(', ')
  return `the clocks of the cluster's hosts are ${Math.round(spread)} ± ${Math.ceil(spread - sure)} ms apart, ${largestSpreadMs} ms are allowed; against their median: ${who}`
}

/** Address, peers and clocks. */
export const networkChecks: readonly Check[] = [
  {
    code: 'OBD-1010',
    item: 'network device',
    level: 'FATAL',
    advice: 'use the address of one of its devices as the innerIpAddress of the host',
    look: ({ facts, wish: { server } }) =>
      when(!facts.hasAddress, `no network device has the address ${server.ip}`),
  },
  {
    code: 'OBD-2007',
    item: 'peers',
    level: 'FATAL',
    advice: 'check routes and firewalls between the two hosts',
    // A peer whose clock could be asked is up: then it is the way to it that is closed.
    look: ({ facts, clocks }) =>
      facts.peers
        .filter(({ ip, reached }) => !reached && clocks.some((clock) => clock.ip === ip))
        .map(({ ip }) => `${ip} is up, but does not answer to this host`),
  },
  {
    code: 'OBD-2007',
    item: 'peers',
    level: 'WARN',
    advice: 'it is waited for by its own pre-check',
    look: ({ facts, clocks }) =>
      facts.peers
        .filter(({ ip, reached }) => !reached && !clocks.some((clock) => clock.ip === ip))
        .map(({ ip }) => `${ip} does not answer, neither to this host nor to the controller`),
  },
  {
    code: 'CMP07021',
    item: 'clocks',
    level: 'FATAL',
    advice: clockAdvice,
    look: ({ clocks, wish: { server } }) => {
      const found = spreadOf(clocks)
      return when(
        found !== undefined && found.sure > largestSpreadMs,
        clockMessage(clocks, server.ip),
      )
    },
  },
  {
    code: 'CMP07021',
    item: 'clocks',
    level: 'WARN',
    advice: clockAdvice,
    look: ({ clocks, wish: { server } }) => {
      const found = spreadOf(clocks)
      return when(
        found !== undefined && found.spread > largestSpreadMs && found.sure <= largestSpreadMs,
        `${clockMessage(clocks, server.ip)} (the network is too slow to be sure)`,
      )
    },
  },
]
