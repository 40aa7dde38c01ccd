import { type Said, say } from '../../errors/say.ts'
import { lineOf } from '../versions.ts'
import { type Check, type Clock, type Situation, when } from './finding.ts'

/**
 * Source: OceanBase's bootstrap troubleshooting (document 848524) and obdiag. More than that works,
 * up to the line's own limit.
 */
export const recommendedSpreadMs = 50

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

/** What is above a limit must not look as if it were below: near one, clocks are asked again. */
const near = 0.7

/** Whether these clocks seem to differ by more than some limit, but not surely. */
export const areDoubtful = (clocks: readonly Clock[], maxSpreadMs: number): boolean => {
  const found = spreadOf(clocks)
  return (
    found !== undefined &&
    [recommendedSpreadMs, maxSpreadMs].some(
      (limit) => found.spread > near * limit && found.sure <= limit,
    )
  )
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

const clockAdvice = say`synchronise the clocks with chrony or NTP against one server, then retry`

const clockMessage = (clocks: readonly Clock[], self: string, limit: Said): Said => {
  const offsets = clocks.map(({ offsetMs }) => offsetMs).sort((a, b) => a - b)
  const { spread = 0, sure = 0 } = spreadOf(clocks) ?? {}
  const median = offsets[Math.floor((offsets.length - 1) / 2)] ?? 0
  const worst = clocks
    .map((clock) => ({ ip: clock.ip, off: clock.offsetMs - median }))
    .sort((a, b) => Math.abs(b.off) - Math.abs(a.off))
    .slice(0, 5)
  const who = worst.map(({ ip, off }) =>
    ip === self ? say`${ip} (this host) ${signed(off)}` : `${ip} ${signed(off)}`,
  )
  return say`the clocks of the cluster's hosts are ${Math.round(spread)} ± ${Math.ceil(spread - sure)} ms apart, ${limit}; against their median: ${who}`
}

/**
 * OceanBase needs the RPC port between all servers. Nothing of obflow goes from host to host, so
 * nobody needs SSH there.
 */
const way = (
  item: Said,
  level: Check['level'],
  portOf: (cluster: Situation['wish']['cluster']) => number,
): Check => ({
  code: 'OBD-2007',
  item,
  level,
  advice: say`open it in firewalls between the two hosts, and check their routes`,
  look: ({ ways = [], wish: { cluster, server } }) =>
    ways
      .filter(({ port, reached }) => port === portOf(cluster) && !reached)
      .map(({ from, port }) => say`${from} does not reach port ${port} of ${server.ip}`),
})

/** Address, ways and clocks. */
export const networkChecks: readonly Check[] = [
  {
    code: 'OBD-1010',
    item: say`network device`,
    level: 'FATAL',
    advice: say`use the address of one of its devices as the innerIpAddress of the host`,
    look: ({ facts, wish: { server } }) =>
      when(!facts.hasAddress, say`no network device has the address ${server.ip}`),
  },
  {
    code: 'OBD-1010',
    item: say`network device`,
    level: 'FATAL',
    advice: say`make it the first address of the device, use that one as the innerIpAddress of the host, or install OceanBase 4.2 or later, which is told the address itself`,
    // Sources: K3.1 and K4.0 observer/ob_server.cpp, lib/net/ob_net_util.cpp.
    look: ({ facts: { device }, wish: { cluster, server } }) =>
      when(
        lineOf(cluster.version).addressFlag === 'device' &&
          device !== undefined &&
          device.first !== server.ip,
        say`OceanBase ${cluster.version} takes the first address of a device: ${device?.first} of ${device?.name}, not ${server.ip}`,
      ),
  },
  way(say`RPC port`, 'FATAL', ({ rpcPort }) => rpcPort),
  way(say`SQL port`, 'WARN', ({ sqlPort }) => sqlPort),
  {
    code: 'OBD-2007',
    item: say`peers`,
    level: 'WARN',
    advice: say`see yourself that the RPC and SQL ports are open between all hosts`,
    look: ({ ways }) =>
      when(
        ways === undefined,
        say`neither python nor perl is there to listen for a moment, so other hosts could not be asked whether they reach this one`,
      ),
  },
  {
    code: 'OBD-2007',
    item: say`peers`,
    level: 'WARN',
    advice: say`it is waited for by its own pre-check`,
    look: ({ silent }) =>
      silent.map((ip) => say`${ip} does not answer: neither its clock nor its way here is known`),
  },
  {
    code: 'CMP07021',
    item: say`clocks`,
    level: 'FATAL',
    advice: clockAdvice,
    look: ({ clocks, wish: { cluster, server } }) => {
      const found = spreadOf(clocks)
      const limit = lineOf(cluster.version).maxClockSpreadMs
      return when(
        found !== undefined && found.sure > limit,
        clockMessage(clocks, server.ip, say`${limit} ms are allowed`),
      )
    },
  },
  {
    code: 'CMP07021',
    item: say`clocks`,
    level: 'WARN',
    advice: clockAdvice,
    look: ({ clocks, wish: { cluster, server } }) => {
      const found = spreadOf(clocks)
      if (!found || found.spread <= recommendedSpreadMs) return []
      const limit = lineOf(cluster.version).maxClockSpreadMs
      const unsure = found.sure <= recommendedSpreadMs || found.spread > limit
      const message = clockMessage(
        clocks,
        server.ip,
        say`${recommendedSpreadMs} ms are recommended`,
      )
      return when(
        found.sure <= limit,
        unsure ? say`${message} (the network is too slow to be sure)` : message,
      )
    },
  },
]
