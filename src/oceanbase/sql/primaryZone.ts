interface ZoneInRegion {
  readonly name: string
  readonly regionName: string
}

/** OceanBase's region of a zone that was given none. */
const regionOf = ({ regionName }: ZoneInRegion): string => regionName || 'sys_region'

/** Whether a region can do without one of its zones; a single zone has to. */
const holdsTwo = (zone: ZoneInRegion, zones: readonly ZoneInRegion[]): boolean =>
  zones.length === 1 || zones.filter((each) => regionOf(each) === regionOf(zone)).length > 1

/**
 * The zone that leads sys when nobody says otherwise: the first in a region that holds two. None
 * where every region holds one zone alone: 2.2 and 3.x refuse to BOOTSTRAP those with 4016. Source:
 * oceanbase 3.1 src/rootserver/ob_bootstrap.cpp, "no qualified primary zone for system".
 */
export const firstLeadingZone = <Zone extends ZoneInRegion>(
  zones: readonly Zone[],
): Zone | undefined => zones.find((zone) => holdsTwo(zone, zones))

/**
 * A primary zone as OceanBase writes it: `zone1` of three zones in one region becomes
 * `zone1;zone2,zone3`. Zones that were not named follow in every region that holds a named one, and
 * `;` stands where region or priority changes. Source: oceanbase
 * src/share/ob_primary_zone_util.cpp, output_normalized_primary_zone.
 */
export function normalPrimaryZone(text: string, zones: readonly ZoneInRegion[]): string {
  if (/^\s*(RANDOM|DEFAULT)?\s*$/i.test(text)) return text.trim().toUpperCase()
  const priorities = new Map(
    text
      .split(';')
      .flatMap((equals, at) => equals.split(',').map((name) => [name.trim(), at] as const)),
  )
  const unknown = [...priorities.keys()].filter((name) => zones.every((zone) => zone.name !== name))
  // Nobody's zones have no region: such a text is as it is.
  if (unknown.length > 0) return text
  const priorityOf = (zone: ZoneInRegion) => priorities.get(zone.name) ?? Number.POSITIVE_INFINITY
  const placed = zones.map((zone) => {
    const neighbours = zones.filter((each) => regionOf(each) === regionOf(zone))
    const region = Math.min(...neighbours.map(priorityOf))
    return { name: zone.name, region, own: priorityOf(zone) }
  })
  const ordered = placed
    .filter(({ region }) => Number.isFinite(region))
    .toSorted((one, other) => compare(one, other) || (one.name < other.name ? -1 : 1))
  return ordered
    .map((zone, at) => {
      const before = ordered[at - 1]
      if (before === undefined) return zone.name
      return `${compare(before, zone) === 0 ? ',' : ';'}${zone.name}`
    })
    .join('')
}

interface Placed {
  readonly region: number
  readonly own: number
}

/** By the priority of the region, then by the zone's own; `Infinity` is the same as itself. */
const compare = (one: Placed, other: Placed): number =>
  one.region - other.region || (one.own === other.own ? 0 : one.own - other.own)

/** Whether OceanBase writes the two as the same. */
export const samePrimaryZone = (
  one: string,
  other: string,
  zones: readonly ZoneInRegion[],
): boolean => normalPrimaryZone(one, zones) === normalPrimaryZone(other, zones)
