import type { Zone } from './cluster.ts'
import { refusal } from './sqlErrors.ts'

type Scored = { zone: string; region: number; score: number }

/**
 * A primary zone as the kernel writes it: zones that were not named follow in the regions that hold
 * a named one, and `;` stands where region or priority changes. Source: oceanbase
 * src/share/ob_primary_zone_util.cpp, output_normalized_primary_zone.
 */
export function normalPrimaryZone(text: string, zones: Zone[]): string {
  const never = Number.MAX_SAFE_INTEGER
  const named = new Map(
    text
      .split(';')
      .flatMap((equals, score) => equals.split(',').map((zone) => [zone.trim(), score] as const)),
  )
  const scoreOf = ({ name }: Zone) => named.get(name) ?? never
  const regionScore = (region: string) =>
    Math.min(...zones.filter((zone) => zone.region === region).map(scoreOf))
  const sorted = zones
    .map(
      (zone): Scored => ({
        zone: zone.name,
        region: regionScore(zone.region),
        score: scoreOf(zone),
      }),
    )
    .filter(({ region }) => region !== never)
    .toSorted(
      (one, other) =>
        one.region - other.region || one.score - other.score || (one.zone < other.zone ? -1 : 1),
    )
  return sorted
    .map(({ zone, region, score }, at) => {
      const before = sorted[at - 1]
      if (!before) return zone
      return `${before.region === region && before.score === score ? ',' : ';'}${zone}`
    })
    .join('')
}

/**
 * Where sys of the older lines begins: the first region that can do without one of its zones.
 * Source: oceanbase 3.1 src/rootserver/ob_bootstrap.cpp, "no qualified primary zone for system".
 * Throws Refusal.
 */
export function firstPrimaryZone(zones: Zone[]): string {
  const qualified = zones.find(
    ({ region }) => zones.length === 1 || zones.filter((zone) => zone.region === region).length > 1,
  )
  if (!qualified)
    throw refusal('unexpected', 'Internal error: no qualified primary zone for system')
  return normalPrimaryZone(qualified.name, zones)
}
