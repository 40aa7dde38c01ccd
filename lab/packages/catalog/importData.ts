/** Named time zones of the lab: few, where the real file has 1,750 with 117,043 transitions. */
const zones = [
  {
    name: 'Asia/Shanghai',
    leap: 'N',
    transitions: [
      [515520000, 1],
      [527007600, 2],
      [545155200, 1],
      [558457200, 2],
    ],
    types: [
      [29143, 0, 'LMT'],
      [32400, 1, 'CDT'],
      [28800, 0, 'CST'],
    ],
  },
  {
    name: 'Europe/Berlin',
    leap: 'N',
    transitions: [
      [1711846800, 1],
      [1729990800, 2],
      [1743296400, 1],
      [1761440400, 2],
    ],
    types: [
      [3208, 0, 'LMT'],
      [7200, 1, 'CEST'],
      [3600, 0, 'CET'],
    ],
  },
  {
    name: 'America/Argentina/Buenos_Aires',
    leap: 'N',
    transitions: [],
    types: [[-10800, 0, '-03']],
  },
  { name: 'Etc/GMT+3', leap: 'N', transitions: [], types: [[-10800, 0, '-03']] },
  { name: 'right/Zulu', leap: 'Y', transitions: [], types: [[0, 0, 'UTC']] },
] as const

const count = (of: (zone: (typeof zones)[number]) => number): number =>
  zones.reduce((sum, zone) => sum + of(zone), 0)

/**
 * In the form of the kernel's own, where a zone may have no transitions. Source: oceanbase
 * tools/timezone_V1.log.
 */
export const timeZonesFile = `set autocommit = 1;
TRUNCATE TABLE time_zone;
TRUNCATE TABLE time_zone_name;
TRUNCATE TABLE time_zone_transition;
TRUNCATE TABLE time_zone_transition_type;
${zones
  .map(({ name, leap, transitions, types }, at) => {
    const id = at + 1
    const rows = (list: readonly string[]) => ` ${list.join('\n,')}\n;\n`
    return `REPLACE INTO time_zone (tenant_id, time_zone_id, use_leap_seconds) VALUES (tid, ${id}, '${leap}');
REPLACE INTO time_zone_name (tenant_id, name, time_zone_id) VALUES (tid, '${name}', ${id});
${
  transitions.length === 0
    ? ''
    : `REPLACE INTO time_zone_transition (tenant_id, time_zone_id, transition_time, transition_type_id) VALUES
${rows(transitions.map(([time, type]) => `(tid, ${id}, ${time}, ${type})`))}`
}REPLACE INTO time_zone_transition_type (tenant_id, time_zone_id, transition_type_id, offset, is_dst, abbreviation) VALUES
${rows(types.map(([offset, dst, short], type) => `(tid, ${id}, ${type}, ${offset}, ${dst}, '${short}')`))}`
  })
  .join('')}delete from oceanbase.__all_sys_stat where name = 'current_timezone_version';
replace into oceanbase.__all_sys_stat(tenant_id, zone, data_type, name, value, info) values(0, '' ,5, 'current_timezone_version', 1, 'current time zone version');
time_zone count:${zones.length}
time_zone_name count:${zones.length}
time_zone_transition count:${count(({ transitions }) => transitions.length)}
time_zone_transition_type count:${count(({ types }) => types.length)}
`

const geographic = `GEOGCS["WGS 84",DATUM["World Geodetic System 1984",SPHEROID["WGS 84",6378137,298.257223563,AUTHORITY["EPSG","7030"]],AUTHORITY["EPSG","6326"]],PRIMEM["Greenwich",0,AUTHORITY["EPSG","8901"]],UNIT["degree",0.017453292519943278,AUTHORITY["EPSG","9122"]],AXIS["Lat",NORTH],AXIS["Lon",EAST],AUTHORITY["EPSG","4326"]]`

/** The world's two best known, where the real file has 5,159. */
const systems = [
  [4326, 'WGS 84', geographic, '-180, 180, -90, 90', '+proj=longlat +datum=WGS84 +no_defs'],
  [
    32650,
    'WGS 84 / UTM zone 50N',
    `PROJCS["WGS 84 / UTM zone 50N",${geographic},PROJECTION["Transverse Mercator",AUTHORITY["EPSG","9807"]],PARAMETER["Latitude of natural origin",0,AUTHORITY["EPSG","8801"]],PARAMETER["Longitude of natural origin",117,AUTHORITY["EPSG","8802"]],PARAMETER["Scale factor at natural origin",0.9996,AUTHORITY["EPSG","8805"]],PARAMETER["False easting",500000,AUTHORITY["EPSG","8806"]],PARAMETER["False northing",0,AUTHORITY["EPSG","8807"]],UNIT["metre",1,AUTHORITY["EPSG","9001"]],AXIS["E",EAST],AXIS["N",NORTH],AUTHORITY["EPSG","32650"]]`,
    '166021.4431793303, 833978.5568206697, 0.0000000000, 9329005.1830207855',
    '+proj=utm +zone=50 +datum=WGS84 +units=m +no_defs',
  ],
] as const

/** In the form of the kernel's own. Source: oceanbase tools/default_srs_data_mysql.sql. */
export const spatialReferencesFile = `###
### This file includes initial data for tenant sys table __all_spatial_reference_systems
###


START TRANSACTION;

#
## The initial data for __all_spatial_reference_systems
#

${systems
  .map(
    ([id, name, definition, bounds, proj4]) =>
      `REPLACE INTO oceanbase.__all_spatial_reference_systems(srs_version, srs_id, srs_name, organization, organization_coordsys_id, definition, minX, maxX, minY, maxY, proj4text, description) VALUES (1, ${id}, '${name}', 'EPSG', ${id}, '${definition}', ${bounds},'${proj4}',NULL);\n`,
  )
  .join('')}COMMIT;
`
