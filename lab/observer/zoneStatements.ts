import { type Cluster, now, type Zone } from './cluster.ts'
import { elect } from './leadership.ts'
import { quotedText, unquoted } from './literals.ts'
import { refusal } from './sqlErrors.ts'

/**
 * ADD, DELETE, START, STOP and ALTER (also written CHANGE, MODIFY) ZONE. `rest` holds IDC and
 * REGION. Throws Refusal.
 */
export function changeZone(cluster: Cluster, verb: string, name: string, rest: string): void {
  const zone = cluster.zones.find((known) => known.name === name)
  const action = verb.toUpperCase()
  if (action === 'ADD') {
    if (zone) throw refusal('entryExist', `Entry already exist: zone '${name}'`)
    // A new zone waits for START ZONE.
    cluster.zones.push(
      withPlace({ name, region: 'sys_region', idc: '', active: false, created: now() }, rest),
    )
    return
  }
  if (!zone) throw refusal('entryNotExist', `Entry not exist: zone '${name}'`)
  if (action === 'START') zone.active = true
  else if (action === 'DELETE') deleteZone(cluster, zone)
  else if (action === 'STOP' || action === 'FORCE STOP' || action === 'ISOLATE')
    stopZone(cluster, zone)
  else withPlace(zone, rest)
}

/**
 * One zone at a time, and a majority has to be left, so clusters of one or two zones cannot. Its
 * leaders are gone when the statement returns. Sources: oceanbase
 * src/rootserver/ob_server_zone_op_service.cpp stop_server_precheck (before 4.2 ob_root_service.cpp),
 * src/sql/engine/cmd/ob_alter_system_executor.cpp wait_leader_switch_out_.
 */
function stopZone(cluster: Cluster, zone: Zone): void {
  const stoppedElsewhere = cluster.servers.some(
    (server) => server.zone !== zone.name && server.stopTime > 0,
  )
  if (stoppedElsewhere || cluster.zones.some((known) => known !== zone && !known.active))
    throw refusal('stopInMultipleZones', 'cannot stop server or stop zone in multiple zones')
  const left = cluster.zones.length - 1
  if (left * 2 <= cluster.zones.length)
    throw refusal(
      'opNotAllow',
      'Tenant(1) LS(1) has no enough valid paxos member after stop zone, stop zone not allowed',
    )
  zone.active = false
  elect(cluster)
}

function deleteZone(cluster: Cluster, zone: Zone): void {
  if (zone.active)
    throw refusal('zoneStatusNotMatch', `zone '${zone.name}' status not match: stop it first`)
  if (cluster.servers.some((server) => server.zone === zone.name))
    throw refusal('opNotAllow', `delete zone '${zone.name}' with servers not allowed`)
  cluster.zones = cluster.zones.filter((known) => known !== zone)
}

function withPlace(zone: Zone, rest: string): Zone {
  const value = (key: string): string | undefined => {
    const found = new RegExp(
      String.raw`\b${key}\s*=?\s*(?:${quotedText}|"([^"]*)"|(\w+))`,
      'i',
    ).exec(rest)
    return found?.[1] === undefined ? (found?.[2] ?? found?.[3]) : unquoted(found[1])
  }
  zone.idc = value('IDC') ?? zone.idc
  zone.region = value('REGION') ?? zone.region
  return zone
}
