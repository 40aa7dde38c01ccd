import { describe, expect, test } from 'vitest'
import { normalPrimaryZone as labNormal } from '../../lab/observer/primaryZone.ts'
import {
  firstLeadingZone,
  normalPrimaryZone,
  primaryZoneOf,
  samePrimaryZone,
} from '../../src/oceanbase/index.ts'

/** Zones by number, with the region of each. */
const zonesOf = (...regions: readonly string[]) =>
  regions.map((regionName, index) => ({
    name: `zone${index + 1}`,
    regionName,
    idcName: '',
    servers: [],
  }))
const one = zonesOf('', '', '')
const two = zonesOf('east', 'east', 'west')

// Read off oceanbase src/share/ob_primary_zone_util.cpp: get_next_zone_score, update_region_score,
// FinalCmp, output_normalized_primary_zone.
const forms = [
  ['zone1', one, 'zone1;zone2,zone3'],
  ['zone1;zone2', one, 'zone1;zone2;zone3'],
  ['zone1;zone2,zone3', one, 'zone1;zone2,zone3'],
  [' zone3 ; zone2, zone1', one, 'zone3;zone1,zone2'],
  ['zone2,zone1', one, 'zone1,zone2;zone3'],
  ['zone1', two, 'zone1;zone2'],
  ['zone1;zone2', two, 'zone1;zone2'],
  ['zone2;zone1,zone3', two, 'zone2;zone1;zone3'],
  ['zone1;zone3', two, 'zone1;zone2;zone3'],
  ['zone1;zone2,zone3', two, 'zone1;zone2;zone3'],
  ['zone1,zone3', two, 'zone1,zone3;zone2'],
  ['RANDOM', two, 'RANDOM'],
] as const

describe('a primary zone', () => {
  test.each(forms)('%s is written in the form of the kernel', (posted, zones, normal) => {
    expect(normalPrimaryZone(posted, zones)).toBe(normal)
    expect(normalPrimaryZone(normal, zones)).toBe(normal)
    expect(samePrimaryZone(normal, posted, zones)).toBe(true)
  })

  test.each(forms.filter(([posted]) => posted !== 'RANDOM'))(
    '%s is written alike by the lab, which was made from the same source apart',
    (posted, zones, normal) => {
      const placed = zones.map(({ name, regionName }) => ({
        name,
        region: regionName,
        idc: '',
        active: true,
        created: 0,
      }))
      expect(labNormal(posted, placed)).toBe(normal)
    },
  )

  test('others are not the same', () => {
    expect(samePrimaryZone('RANDOM', 'zone1', one)).toBe(false)
    expect(samePrimaryZone('zone2;zone1,zone3', 'zone1', one)).toBe(false)
    expect(samePrimaryZone('zone1;zone9', 'zone1', one)).toBe(false)
  })
})

describe('without a posted one', () => {
  const wanted = (version: string, zones: typeof one) =>
    primaryZoneOf({ version, zones, primaryZone: '' })
  test('4.x is left at RANDOM', () => {
    expect(wanted('4.2.1.8', two)).toBe('RANDOM')
  })
  test('the older lines lead in the first region that holds two zones', () => {
    expect(wanted('3.2.4.1', one)).toBe('zone1;zone2,zone3')
    expect(wanted('3.2.4.1', two)).toBe('zone1;zone2')
    expect(wanted('3.2.4.1', zonesOf('west', 'east', 'east'))).toBe('zone2;zone3')
    expect(wanted('2.2.73', zonesOf('east'))).toBe('zone1')
  })
  test('zones that are each alone in their region have none', () => {
    expect(firstLeadingZone(zonesOf('east', 'west'))).toBeUndefined()
  })
})
