import type { Config } from '../../config.ts'
import type { Finding } from '../../errors/refused.ts'
import { type Said, say } from '../../errors/say.ts'
import { priorityGroups } from '../../operations/index.ts'
import { objectionToPassword } from './passwordRule.ts'
import { attributesOf, type CreateRequest, rpmNamesOf } from './request.ts'
import { isOfSystem } from './systemDirectories.ts'
import { unsupportedFields } from './unsupportedFields.ts'

type Settings = Pick<Config, 'passwordRule'>
type Rule = (request: CreateRequest, settings: Settings) => Finding[]

const invalid = (field: string, reason: Said, rejected?: unknown): Finding => ({
  code: 'COM10001',
  args: [field, reason],
  field,
  ...(rejected !== undefined && { rejected }),
})

const name: Rule = ({ name }) =>
  /^[a-z]\w{1,47}$/i.test(name)
    ? []
    : [invalid('name', say`must be a letter, then letters, digits and _, 2 to 48 characters`, name)]

const password: Rule = ({ password, type, primaryClusterInfo }, { passwordRule }) => {
  if (password === '') return [{ code: 'OBE11012', field: 'password' }]
  if (type === 'STANDBY') {
    if (!primaryClusterInfo || primaryClusterInfo.rootSysPassword === password) return []
    return [
      invalid(
        'password',
        say`a standby has its primary's users: it must be primaryClusterInfo.rootSysPassword`,
      ),
    ]
  }
  const objection = objectionToPassword(password, passwordRule)
  return objection === undefined ? [] : [{ code: 'OBE11029', args: [objection], field: 'password' }]
}

const rpmName: Rule = (request) => {
  const names = rpmNamesOf(request)
  if (names.length === 0) return [{ code: 'OBE11013', field: 'rpmName' }]
  return names.length === 1
    ? []
    : [invalid('rpmName', say`one package for all zones, not ${names}`, names.join(', '))]
}

const zones: Rule = ({ zones }) => {
  if (zones.length === 0) return [{ code: 'OBE18010', field: 'zones' }]
  const seen = new Set<string>()
  return zones.flatMap((zone, index): Finding[] => {
    const field = `zones[${index}]`
    const findings: Finding[] = []
    if (!/^[a-z]\w{1,63}$/i.test(zone.name)) {
      findings.push({
        code: 'OBE18001',
        args: [zone.name],
        field: `${field}.name`,
        rejected: zone.name,
      })
    }
    if (seen.has(zone.name))
      findings.push({
        code: 'OBE18009',
        args: [zone.name],
        field: `${field}.name`,
        rejected: zone.name,
      })
    seen.add(zone.name)
    if (zone.servers.length === 0)
      findings.push({ code: 'OBE11019', args: [zone.name], field: `${field}.servers` })
    if (zone.rootServer !== undefined && !zone.servers.includes(zone.rootServer)) {
      findings.push(
        invalid(`${field}.rootServer`, say`must be one of the zone's servers`, zone.rootServer),
      )
    }
    return findings
  })
}

/**
 * `zone1;zone2,zone3`: each zone at most once, each of this request, exactly one in the first
 * place. Source: OCP's parameter table.
 */
const primaryZone: Rule = ({ primaryZone, type, zones }) => {
  if (primaryZone === undefined || primaryZone === null || primaryZone === '') return []
  const at = { field: 'primaryZone', rejected: primaryZone }
  if (type === 'STANDBY')
    return [
      { code: 'OBE11022', args: [say`a standby cluster is given none, not ${primaryZone}`], ...at },
    ]
  if (primaryZone === 'RANDOM') return [{ code: 'OBE23101', ...at }]
  const groups = priorityGroups(primaryZone)
  const named = groups.flat()
  const known = new Set(zones.map((zone) => zone.name))
  const strange = named.find((zone, index) => !known.has(zone) || named.indexOf(zone) !== index)
  if (strange !== undefined)
    return [{ code: 'OBE11022', args: [strange === '' ? primaryZone : strange], ...at }]
  return groups[0]?.length === 1 ? [] : [{ code: 'OBE23102', args: [primaryZone], ...at }]
}

const primary: Rule = ({ type, primaryClusterInfo }) =>
  type === 'STANDBY' && !primaryClusterInfo
    ? [invalid('primaryClusterInfo', say`a standby cluster needs it`)]
    : []

const goodPort = (port: number): boolean => port > 1024 && port <= 65_535

const attributes: Rule = (request) => {
  const { sqlPort, svrPort, operatingSystemUser, runPath, installPath, ...found } =
    attributesOf(request)
  const findings: Finding[] = []
  for (const [key, path] of Object.entries({
    installPath,
    dataDiskPath: found.dataDiskPath,
    logDiskPath: found.logDiskPath,
  })) {
    const field = `attributes.${key}`
    if (!path.startsWith('/'))
      findings.push({ code: 'CMP07028', args: [path], field, rejected: path })
    // Where a cluster lies is the root of what rollback and delete may remove.
    else if (!/^(\/[\w.@+-]+)+$/.test(path) || /\/\.{1,2}(\/|$)/.test(path)) {
      findings.push(
        invalid(
          field,
          say`must have only letters, digits and _.@+- between slashes, without . and ..`,
          path,
        ),
      )
    } else if (isOfSystem(path)) {
      findings.push(
        invalid(field, say`a directory of its own, not one of the operating system`, path),
      )
    }
  }
  if (!/^[a-z_][a-z0-9_-]{0,31}$/.test(operatingSystemUser)) {
    findings.push(
      invalid(
        'attributes.operatingSystemUser',
        say`must be a Linux user name`,
        operatingSystemUser,
      ),
    )
  }
  if (!goodPort(svrPort))
    findings.push({
      code: 'OBE19008',
      args: [svrPort],
      field: 'attributes.svrPort',
      rejected: svrPort,
    })
  if (!goodPort(sqlPort))
    findings.push({
      code: 'OBE19009',
      args: [sqlPort],
      field: 'attributes.sqlPort',
      rejected: sqlPort,
    })
  if (sqlPort === svrPort)
    findings.push({
      code: 'OBE19017',
      args: [sqlPort],
      field: 'attributes.sqlPort',
      rejected: sqlPort,
    })
  if (runPath !== undefined && runPath !== installPath) {
    findings.push(
      invalid(
        'attributes.runPath',
        say`an observer runs in its installPath, ${installPath}`,
        runPath,
      ),
    )
  }
  return findings
}

/** What the request says elsewhere; a second value would contradict it. */
const ownParameters = new Set([
  'cluster',
  'cluster_id',
  'zone',
  'devname',
  'local_ip',
  'rpc_port',
  'mysql_port',
  'sql_port',
  'data_dir',
  'redo_dir',
  'rootservice_list',
  'home_path',
])

const startupParameters: Rule = ({ startupParameters }) => {
  const seen = new Set<string>()
  return (startupParameters ?? []).flatMap(({ name, value }, index): Finding[] => {
    const field = `startupParameters[${index}]`
    if (!/^_{0,2}[a-z]\w{0,125}$/i.test(name))
      return [invalid(`${field}.name`, say`must have only letters, digits and _`, name)]
    if (ownParameters.has(name.toLowerCase()))
      return [{ code: 'OBE31206', args: [name], field: `${field}.name`, rejected: name }]
    if (seen.has(name)) return [invalid(`${field}.name`, say`given twice`, name)]
    seen.add(name)
    // observer takes them as one option, `-o a=1,b=2`: a comma would begin another one.
    return /^[^\s,;'"\\\p{Cc}]{1,512}$/u.test(value)
      ? []
      : [invalid(`${field}.value`, say`must have no spaces, commas, quotes or backslashes`, value)]
  })
}

const rules: readonly Rule[] = [
  unsupportedFields,
  name,
  primary,
  password,
  rpmName,
  zones,
  primaryZone,
  attributes,
  startupParameters,
]

/**
 * Everything that is wrong with a create request taken by itself, the first one the most telling.
 */
export const objections: Rule = (request, settings) =>
  rules.flatMap((rule) => rule(request, settings))
