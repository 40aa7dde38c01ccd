import { startupParametersOf } from '../../oceanbase/index.ts'
import type { Package, TaskContext } from '../../store/acceptance.ts'
import type { NewCluster } from './newCluster.ts'

interface Facts {
  readonly request: NewCluster
  /** Absent while nothing is accepted. */
  readonly clusterId: number | undefined
  readonly obClusterId: number
  readonly package: Pick<Package, 'version' | 'fileName'>
  readonly ipOf: (hostId: number) => string
  /** Host ids, one a zone. */
  readonly rootServers: readonly number[]
}

const words = (ids: readonly number[]): string[] => ids.map(String)

/**
 * The context of a create task: the keys of OCP's sample, two of them once a zone. The password is
 * not among them.
 */
export function createContext({
  request,
  clusterId,
  obClusterId,
  package: rpm,
  ipOf,
  rootServers,
}: Facts): TaskContext {
  const { name, zones, startupParameters } = request
  const rootServerIps = rootServers.map(ipOf)
  return {
    stringMap: {
      ...(clusterId !== undefined && { cluster_id: String(clusterId) }),
      cluster_name: name,
      cluster_type: request.type,
      cluster_version: rpm.version,
      link_obproxy: String(request.obproxyClusterIds.length > 0),
      ob_cluster_id: String(obClusterId),
      ob_connect_address: rootServerIps[0] ?? '',
      ob_version: rpm.version,
      primary_zone: request.primaryZone,
      rpm_name: rpm.fileName,
      service_name: `${name}:${obClusterId}`,
      service_type: 'OB_CLUSTER',
      sql_port: String(request.sqlPort),
      startup_option_string: startupParametersOf({ startupParameters, version: rpm.version })
        .map((parameter) => `${parameter.name}=${parameter.value}`)
        .join(','),
      target_cluster_status: 'RUNNING',
      ...Object.fromEntries(zones.map((zone) => [`${zone.name}.idc`, zone.idcName])),
    },
    listMap: {
      host_ids: words(zones.flatMap((zone) => zone.servers)),
      root_server_ips: rootServerIps,
      root_servers: words(rootServers),
      zone_names: zones.map((zone) => zone.name),
      ...Object.fromEntries(zones.map((zone) => [`${zone.name}.host_ids`, words(zone.servers)])),
    },
  }
}
