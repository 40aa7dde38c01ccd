import type { Finding } from '../../errors/refused.ts'
import { type Said, say } from '../../errors/say.ts'
import type { CreateObproxy } from './request.ts'

/** OCP's defaults. */
const ports = { sqlPort: 2883, exporterPort: 2884 } as const

/**
 * Where the package puts a proxy, and who runs it: what OCP's own packages do, and all that this
 * system can.
 */
const fixed = {
  installPath: '/opt/taobao/install/obproxy',
  runPath: '/opt/taobao/install/obproxy',
  runUser: 'admin',
} as const

/** Start options that the request states elsewhere. */
const ownParameters = new Set([
  'app_name',
  'listen_port',
  'prometheus_listen_port',
  'rpc_listen_port',
  'rootservice_list',
  'rootservice_cluster_name',
  'obproxy_config_server_url',
])

export function portsOf({ obproxyInstallParam: given }: CreateObproxy) {
  const exporterPort = given.exporterPort ?? given.exportPort ?? ports.exporterPort
  return { sqlPort: given.sqlPort ?? ports.sqlPort, exporterPort, rpcPort: given.rpcPort }
}

/** One finding that names every field of a request that is not supported, or none. */
function unsupportedFields(request: CreateObproxy): Finding[] {
  const refused = Object.entries(fixed).flatMap(([field, taken]): Said[] => {
    const value = Object.entries(request).find(([name]) => name === field)?.[1]
    return value === undefined || value === '' || value === taken
      ? []
      : [say`${field} (only ${taken})`]
  })
  if (request.workMode === 'OB_SHARDING')
    refused.push(say`workMode OB_SHARDING (only CONFIG_URL and RS_LIST)`)
  refused.push(...usernames(request.obLinks, 'obLinks'))
  return refused.length === 0
    ? []
    : [{ code: 'COM10003', args: [say`this system does not support ${refused}`] }]
}

/** Proxies log in to clusters as proxyro, which every cluster made here has. */
export const usernames = (links: CreateObproxy['obLinks'], field: string): Said[] =>
  links.flatMap(({ username }, index) =>
    username === undefined || username === '' || username === 'proxyro'
      ? []
      : [say`${field}[${index}].username (only proxyro)`],
  )

const invalid = (field: string, reason: Said, rejected?: unknown): Finding => ({
  code: 'COM10001',
  args: [field, reason],
  field,
  ...(rejected !== undefined && { rejected }),
})

function portsDiffer(request: CreateObproxy): Finding[] {
  const { exporterPort, exportPort } = request.obproxyInstallParam
  const field = 'obproxyInstallParam.exporterPort'
  if (exporterPort !== undefined && exportPort !== undefined && exporterPort !== exportPort) {
    return [invalid(field, say`exportPort says ${exportPort}`, exporterPort)]
  }
  const wanted = Object.entries(portsOf(request)).flatMap(([name, port]) =>
    port === undefined ? [] : [{ name, port }],
  )
  return wanted.flatMap(({ name, port }, index) => {
    const same = wanted.slice(0, index).find((other) => other.port === port)
    return same
      ? [invalid(`obproxyInstallParam.${name}`, say`${port} is ${same.name} already`, port)]
      : []
  })
}

function parametersStandOnce(request: CreateObproxy): Finding[] {
  const seen = new Set<string>()
  return (['startupParameters', 'parameters'] as const).flatMap((list) =>
    request[list].flatMap(({ name }, index): Finding[] => {
      const field = `${list}[${index}].name`
      if (ownParameters.has(name.toLowerCase()))
        return [invalid(field, say`the request says it elsewhere`, name)]
      if (seen.has(name.toLowerCase())) return [invalid(field, say`given twice`, name)]
      seen.add(name.toLowerCase())
      return []
    }),
  )
}

/**
 * With a list of root servers proxies serve one cluster, and must be told which. Source: OCP's
 * parameter table.
 */
const oneLinkForList = ({ workMode, obLinks }: CreateObproxy): Finding[] =>
  workMode !== 'RS_LIST' || obLinks.length === 1
    ? []
    : [invalid('obLinks', say`exactly one for RS_LIST`)]

/** Everything that is wrong with a request taken by itself, the first one the most telling. */
export const objections = (request: CreateObproxy): Finding[] =>
  [unsupportedFields, oneLinkForList, portsDiffer, parametersStandOnce].flatMap((rule) =>
    rule(request),
  )
