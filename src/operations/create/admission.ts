import type { Finding } from '../../errors/refused.ts'
import { say } from '../../errors/say.ts'
import {
  firstLeadingZone,
  needsRegionOfTwo,
  objectionToVersion,
  roleOf,
} from '../../oceanbase/index.ts'
import type { Host, Idc, ObproxyCluster, Package, Task } from '../../store/acceptance.ts'
import type { clusters } from '../../store/schema/index.ts'
import { secondAddresses } from '../machineRule.ts'
import { canServe, tooManyLinks } from '../obproxy/rules.ts'
import { type NewCluster, type NewZone, priorityGroups } from './newCluster.ts'
import { standbyFits } from './standbyRule.ts'

/** What the inventory says of everything a request names. */
export interface Inventory {
  /** Clusters of the same name: a primary and its standbys. */
  readonly namesakes: readonly Pick<
    ClusterRow,
    'id' | 'obClusterId' | 'type' | 'status' | 'version'
  >[]
  readonly package: Package | undefined
  /** Packages of OceanBase that it needs and nobody has uploaded, as rpm writes them. */
  readonly missing: readonly string[]
  /** Names that packages of a host have to provide for it. */
  readonly needs: readonly string[]
  /** Size of all that is installed. */
  readonly packageBytes: number
  readonly hosts: ReadonlyMap<number, Host>
  readonly idcs: ReadonlyMap<string, Idc>
  readonly obproxies: ReadonlyMap<number, ServingObproxy>
  /**
   * What works on the primary of this name, or waits to be told what to do: a task that is RUNNING
   * or FAILED.
   */
  readonly primaryTask: Task | undefined
}

/** An OBProxy cluster and how many clusters it serves, or is to serve once their creates end. */
export interface ServingObproxy extends ObproxyCluster {
  readonly served: number
}

type ClusterRow = typeof clusters.$inferSelect

export type Rule = (request: NewCluster, inventory: Inventory) => Finding[]
type ZoneRule = (zone: NewZone, inventory: Inventory, field: string) => Finding[]

const nameIsFree: Rule = ({ name, type }, { namesakes }) =>
  type === 'PRIMARY' && namesakes.some((cluster) => cluster.type === 'PRIMARY')
    ? [{ code: 'OBE11014', args: [name], field: 'name', rejected: name }]
    : []

const packageFits: Rule = ({ rpmName, fullVersion }, { package: found, missing }) => {
  if (found === undefined)
    return [{ code: 'PKG10014', args: [rpmName], field: 'rpmName', rejected: rpmName }]
  if (found.type !== 'OB_SERVER_INSTALL_PACKAGE') {
    return [{ code: 'PKG10013', args: [rpmName, found.type], field: 'rpmName', rejected: rpmName }]
  }
  const at = { field: 'rpmName', rejected: rpmName }
  if (roleOf(found.name) !== 'server')
    return [{ code: 'PKG10013', args: [rpmName, say`part of a server package`], ...at }]
  const objection = objectionToVersion(found.version)
  if (objection !== undefined) return [{ code: 'COM10001', args: ['rpmName', objection], ...at }]
  if (missing.length > 0)
    return missing.map((need) => ({
      code: 'PKG10014',
      args: [say`"${need}" of build ${found.release}, which ${rpmName} needs,`],
      ...at,
    }))
  const version = `${found.version}-${found.buildNumber}`
  if (fullVersion === undefined || fullVersion === version) return []
  return [
    {
      code: 'COM10001',
      args: ['fullVersion', say`package is ${version}`],
      field: 'fullVersion',
      rejected: fullVersion,
    },
  ]
}

const obproxiesCanServe: Rule = ({ obproxyClusterIds }, { obproxies, package: rpm }) =>
  obproxyClusterIds.flatMap((id, index): Finding[] => {
    const field = `obproxyClusterIds[${index}]`
    const found = obproxies.get(id)
    if (found === undefined) return [{ code: 'ODP21001', args: [id], field, rejected: id }]
    if (found.status !== 'RUNNING') {
      return [
        {
          code: 'COM10005',
          args: [say`OBProxy cluster ${found.name} is ${found.status}, not RUNNING`],
          field,
          rejected: id,
        },
      ]
    }
    const version = found.servers[0]?.version
    if (version && rpm && !canServe(version, rpm.version)) {
      return [{ code: 'ODP21110', args: [version, rpm.version], field, rejected: id }]
    }
    return tooManyLinks(found.workMode, found.served + 1, found.name).map((finding) => ({
      ...finding,
      field,
      rejected: id,
    }))
  })

const hostsServeOnce: Rule = ({ zones }) => {
  const seen = new Set<number>()
  return zones.flatMap((zone, zoneIndex) =>
    zone.servers.flatMap((id, index): Finding[] => {
      if (!seen.has(id)) {
        seen.add(id)
        return []
      }
      return [
        {
          code: 'CMP07010',
          args: [id, 'OB_CLUSTER'],
          field: `zones[${zoneIndex}].servers[${index}]`,
          rejected: id,
        },
      ]
    }),
  )
}

/** One machine runs one server of a cluster, however many addresses it has. */
const machinesServeOnce: Rule = ({ zones }, { hosts }) => {
  const second = secondAddresses(
    zones.flatMap((zone) => zone.servers),
    hosts,
  )
  return zones.flatMap((zone, zoneIndex) =>
    zone.servers.flatMap((id, index): Finding[] => {
      const other = second.get(id)
      if (other === undefined) return []
      const named = say`${hosts.get(id)?.innerIpAddress} (the same machine as ${other})`
      const field = `zones[${zoneIndex}].servers[${index}]`
      return [{ code: 'CMP07010', args: [named, 'OB_CLUSTER'], field, rejected: id }]
    }),
  )
}

/**
 * OCP's FAQ: with several zones, the region of the first-priority zone must hold at least two, or
 * sys cannot fail over near by.
 */
const firstRegionHoldsTwo: Rule = ({ primaryZone, zones }, { idcs }) => {
  const first = priorityGroups(primaryZone)[0]?.[0]
  if (first === undefined || zones.length === 1) return []
  const regionOf = (zone: NewZone) => idcs.get(zone.idcName)?.regionId
  const leader = zones.find((zone) => zone.name === first)
  const region = leader && regionOf(leader)
  if (region === undefined || zones.filter((zone) => regionOf(zone) === region).length > 1)
    return []
  return [
    {
      code: 'OBE11022',
      args: [say`the region of ${first} holds no other zone`],
      field: 'primaryZone',
      rejected: primaryZone,
    },
  ]
}

/** Without a region of two zones 2.2 and 3.x have no place for sys, whatever is posted. */
const someRegionHoldsTwo: Rule = ({ zones }, { idcs, package: found }) => {
  const placed = zones.flatMap((zone) => {
    const region = idcs.get(zone.idcName)
    return region === undefined ? [] : [{ name: zone.name, regionName: region.regionName }]
  })
  if (found === undefined || placed.length < zones.length || !needsRegionOfTwo(found.version))
    return []
  if (firstLeadingZone(placed) !== undefined) return []
  const args = [say`OceanBase ${found.version} needs a region that holds two zones, each holds one`]
  return [
    { code: 'OBE11022', args, field: 'zones', rejected: zones.map(({ name }) => name).join() },
  ]
}

const idcIsThere: ZoneRule = ({ idcName }, { idcs }, field) =>
  idcs.has(idcName)
    ? []
    : [{ code: 'COM10002', args: ['IDC', idcName], field: `${field}.idcName`, rejected: idcName }]

const hostsFit: ZoneRule = (zone, { hosts, idcs, package: found }, field) =>
  zone.servers.flatMap((id, index): Finding[] => {
    const at = { field: `${field}.servers[${index}]`, rejected: id }
    const host = hosts.get(id)
    if (host === undefined) return [{ code: 'CMP07005', args: [id], ...at }]
    const ip = host.innerIpAddress
    if (host.status !== 'AVAILABLE')
      return [{ code: 'CMP07004', args: [ip, host.status, 'AVAILABLE'], ...at }]
    const findings: Finding[] = []
    if (idcs.has(zone.idcName) && host.idcName !== zone.idcName) {
      findings.push({ code: 'CMP07008', args: [ip, host.idcName, zone.idcName, zone.name], ...at })
    }
    if (
      found !== undefined &&
      found.architecture !== 'noarch' &&
      host.architecture !== null &&
      host.architecture !== found.architecture
    ) {
      findings.push({
        code: 'CMP07025',
        args: [ip, host.architecture, found.fileName, found.architecture],
        ...at,
      })
    }
    return findings
  })

const zoneFitsPackage: ZoneRule = (
  { name, architecture, packageOperatingSystem },
  { package: found },
  field,
) => {
  if (found === undefined) return []
  const findings: Finding[] = []
  if (
    architecture !== undefined &&
    found.architecture !== 'noarch' &&
    architecture !== found.architecture
  ) {
    const at = { field: `${field}.architecture`, rejected: architecture }
    findings.push({ code: 'OBE11023', args: [name, architecture, found.architecture], ...at })
  }
  if (packageOperatingSystem !== undefined && packageOperatingSystem !== found.operatingSystem) {
    const at = { field: `${field}.packageOperatingSystem`, rejected: packageOperatingSystem }
    findings.push({
      code: 'COM10001',
      args: ['packageOperatingSystem', say`package is for ${found.operatingSystem}`],
      ...at,
    })
  }
  return findings
}

const rules: readonly Rule[] = [
  nameIsFree,
  standbyFits,
  packageFits,
  hostsServeOnce,
  machinesServeOnce,
]
const zoneRules: readonly ZoneRule[] = [idcIsThere, hostsFit, zoneFitsPackage]
const lastRules: readonly Rule[] = [firstRegionHoldsTwo, someRegionHoldsTwo, obproxiesCanServe]

/**
 * Everything in the inventory that stands in a request's way, the most telling first. Pure: it
 * looks at nothing but its arguments.
 */
export const admit: Rule = (request, inventory) => [
  ...rules.flatMap((rule) => rule(request, inventory)),
  ...request.zones.flatMap((zone, index) =>
    zoneRules.flatMap((rule) => rule(zone, inventory, `zones[${index}]`)),
  ),
  ...lastRules.flatMap((rule) => rule(request, inventory)),
]
