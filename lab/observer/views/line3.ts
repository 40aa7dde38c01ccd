import { type Cluster, merging, now, type Server, type Zone } from '../cluster.ts'
import { leads, zoneServers } from '../leadership.ts'
import { parameterRows } from '../parameters.ts'
import { coreTable } from './coreTable.ts'
import { type Row, type View, viewOf } from './derived.ts'

function status(server: Server): string {
  if (server.deletingSince > 0) return 'deleting'
  return server.alive ? 'active' : 'inactive'
}

const created = (cluster: Cluster) => ({
  gmt_create: { at: cluster.created },
  gmt_modified: { at: cluster.created },
})
const unit = {
  max_cpu: 5,
  min_cpu: 2.5,
  max_memory: 1610612736,
  min_memory: 1288490188,
  max_iops: 10000,
  min_iops: 5000,
}

/**
 * __all_zone is entity-attribute-value: a number in `value` or a text in `info`; zone '' holds what
 * belongs to the cluster.
 */
function zoneRows(cluster: Cluster): Row[] {
  const last = merging(cluster) ? cluster.frozenVersion - 1 : cluster.frozenVersion
  const row = (zone: string, name: string, value: number, info = ''): Row => ({
    ...created(cluster),
    zone,
    name,
    value,
    info,
  })
  const ofCluster = [
    row('', 'cluster', 0, cluster.clusterName),
    row('', 'frozen_version', cluster.frozenVersion),
    row('', 'frozen_time', cluster.frozenAt),
    row('', 'global_broadcast_version', cluster.frozenVersion),
    row('', 'last_merged_version', last),
    row('', 'is_merge_error', 0),
    row('', 'merge_status', merging(cluster) ? 1 : 0, merging(cluster) ? 'MERGING' : 'IDLE'),
  ]
  const ofZone = (zone: Zone) => [
    row(zone.name, 'status', zone.active ? 2 : 1, zone.active ? 'ACTIVE' : 'INACTIVE'),
    row(zone.name, 'region', 0, zone.region),
    row(zone.name, 'idc', 0, zone.idc),
    row(zone.name, 'zone_type', 0, 'ReadWrite'),
    row(zone.name, 'broadcast_version', cluster.frozenVersion),
    row(zone.name, 'last_merged_version', last),
    row(zone.name, 'all_merged_version', last),
    row(zone.name, 'is_merging', merging(cluster) ? 1 : 0),
    row(zone.name, 'is_merge_timeout', 0),
    row(zone.name, 'is_merge_error', 0),
    row(zone.name, 'merge_status', merging(cluster) ? 1 : 0, merging(cluster) ? 'MERGING' : 'IDLE'),
    row(zone.name, 'suspend_merging', 0),
  ]
  return [...ofCluster, ...cluster.zones.flatMap(ofZone)]
}

/** Inner tables of the 2.2 and 3.x lines, columns as in deployers §1.8, §1.15, §1.18. */
export const line3: Record<string, (cluster: Cluster) => View> = {
  __ALL_SERVER: (cluster) =>
    viewOf(
      'gmt_create gmt_modified svr_ip svr_port id zone inner_port with_rootserver status block_migrate_in_time build_version stop_time start_service_time first_sessid with_partition last_offline_time',
      cluster.servers.map((server) => ({
        gmt_create: { at: server.created },
        gmt_modified: { at: server.created },
        svr_ip: server.ip,
        svr_port: server.rpcPort,
        id: server.id,
        zone: server.zone,
        inner_port: server.sqlPort,
        with_rootserver: leads(cluster, server) ? 1 : 0,
        status: status(server),
        block_migrate_in_time: 0,
        build_version: server.buildVersion,
        stop_time: server.stopTime,
        start_service_time: server.startService,
        first_sessid: 0,
        with_partition: 1,
        last_offline_time: server.lastOffline,
      })),
    ),
  __ALL_VIRTUAL_CLOG_STAT: (cluster) =>
    viewOf(
      'table_id partition_idx partition_cnt svr_ip svr_port role is_offline is_in_sync',
      zoneServers(cluster)
        .filter((server) => server.alive)
        .map((server) => ({
          table_id: 1099511627777,
          partition_idx: 0,
          partition_cnt: 0,
          svr_ip: server.ip,
          svr_port: server.rpcPort,
          role: leads(cluster, server) ? 1 : 2,
          is_offline: 0,
          // A server that has not begun its service replays what it missed.
          is_in_sync: server.startService > 0 ? 1 : 0,
        })),
    ),
  __ALL_ZONE: (cluster) =>
    viewOf('gmt_create gmt_modified zone name value info', zoneRows(cluster)),
  __ALL_TENANT: (cluster) =>
    viewOf(
      'gmt_create gmt_modified tenant_id tenant_name replica_num zone_list primary_zone locked collation_type info read_only locality previous_locality compatibility_mode status in_recyclebin',
      [
        {
          ...created(cluster),
          tenant_id: 1,
          tenant_name: 'sys',
          replica_num: -1,
          zone_list: cluster.zones.map((zone) => zone.name).join(';'),
          primary_zone: cluster.primaryZone,
          locked: 0,
          collation_type: 0,
          info: 'system tenant',
          read_only: 0,
          locality: zoneServers(cluster)
            .map((server) => `FULL{1}@${server.zone}`)
            .join(', '),
          previous_locality: '',
          compatibility_mode: 0,
          status: 'TENANT_STATUS_NORMAL',
          in_recyclebin: 0,
        },
      ],
    ),
  __ALL_UNIT: (cluster) =>
    viewOf(
      'gmt_create gmt_modified unit_id resource_pool_id group_id zone svr_ip svr_port migrate_from_svr_ip migrate_from_svr_port manual_migrate status replica_type',
      zoneServers(cluster).map((server, index) => ({
        ...created(cluster),
        unit_id: index + 1,
        resource_pool_id: 1,
        group_id: 0,
        zone: server.zone,
        svr_ip: server.ip,
        svr_port: server.rpcPort,
        migrate_from_svr_ip: '',
        migrate_from_svr_port: 0,
        manual_migrate: 0,
        status: 'ACTIVE',
        replica_type: 0,
      })),
    ),
  __ALL_RESOURCE_POOL: (cluster) =>
    viewOf(
      'gmt_create gmt_modified resource_pool_id name unit_count unit_config_id zone_list tenant_id replica_type',
      [
        {
          ...created(cluster),
          resource_pool_id: 1,
          name: 'sys_pool',
          unit_count: 1,
          unit_config_id: 1,
          zone_list: cluster.zones.map((zone) => zone.name).join(';'),
          tenant_id: 1,
          replica_type: 0,
        },
      ],
    ),
  __ALL_UNIT_CONFIG: (cluster) =>
    viewOf(
      'gmt_create gmt_modified unit_config_id name max_cpu min_cpu max_memory min_memory max_iops min_iops max_disk_size max_session_num',
      [
        {
          ...created(cluster),
          unit_config_id: 1,
          name: 'sys_unit_config',
          ...unit,
          max_disk_size: 536870912000,
          max_session_num: 9223372036854775807n,
        },
      ],
    ),
  __ALL_VIRTUAL_SERVER_STAT: (cluster) =>
    viewOf(
      'svr_ip svr_port zone cpu_total cpu_assigned mem_total mem_assigned disk_total disk_assigned unit_num disk_actual build_version start_service_time',
      cluster.servers
        .filter((server) => server.alive)
        .map((server) => ({
          svr_ip: server.ip,
          svr_port: server.rpcPort,
          zone: server.zone,
          cpu_total: server.resources.cpu,
          cpu_assigned: 2.5,
          mem_total: server.resources.memoryLimit - server.resources.systemMemory,
          mem_assigned: 1610612736,
          disk_total: server.resources.dataDisk,
          disk_assigned: 536870912,
          unit_num: 1,
          disk_actual: server.resources.dataDisk,
          build_version: server.buildVersion,
          start_service_time: server.startService,
        })),
    ),
  __ALL_VIRTUAL_SYS_PARAMETER_STAT: (cluster) =>
    viewOf(
      'zone svr_type svr_ip svr_port name data_type value value_strict info section scope source edit_level',
      parameterRows(cluster).map((row) => ({
        zone: row.server.zone,
        svr_type: 'observer',
        svr_ip: row.server.ip,
        svr_port: row.server.rpcPort,
        name: row.name,
        value: row.value,
        info: '',
        section: 'OBSERVER',
        scope: 'CLUSTER',
        source: row.set ? 'OBADMIN' : 'DEFAULT',
        edit_level: 'DYNAMIC_EFFECTIVE',
      })),
    ),
  __ALL_VIRTUAL_CORE_ROOT_TABLE: (cluster) =>
    viewOf(
      'tenant_id table_id partition_id svr_ip svr_port sql_port zone role',
      zoneServers(cluster).map((server) => ({
        tenant_id: 1,
        table_id: 1099511627777,
        partition_id: 0,
        svr_ip: server.ip,
        svr_port: server.rpcPort,
        sql_port: server.sqlPort,
        zone: server.zone,
        role: leads(cluster, server) ? 1 : 2,
      })),
    ),
  V$OB_CLUSTER: (cluster) =>
    viewOf(
      'cluster_id cluster_name created cluster_role cluster_status switchover# switchover_status switchover_info protection_mode version',
      [
        {
          cluster_id: cluster.clusterId,
          cluster_name: cluster.clusterName,
          created: { at: cluster.created },
          cluster_role: cluster.role === 'PRIMARY' ? 'PRIMARY' : 'PHYSICAL STANDBY',
          cluster_status: 'VALID',
          'switchover#': 0,
          switchover_status: 'NOT ALLOWED',
          switchover_info: '',
          protection_mode: 'MAXIMUM PERFORMANCE',
          version: 1,
        },
      ],
    ),
  V$OB_STANDBY_STATUS: (cluster) =>
    viewOf(
      'cluster_id cluster_name cluster_role cluster_status current_scn rootservice_list redo_transport_options protection_level synchronization_status',
      (cluster.standbys ?? []).map((standby) => ({
        cluster_id: standby.clusterId,
        cluster_name: standby.clusterName,
        cluster_role: 'PHYSICAL STANDBY',
        cluster_status: standby.status,
        current_scn: now(),
        rootservice_list: standby.rootServers.join(';'),
        redo_transport_options: 'ASYNC NET_TIMEOUT = 30000000',
        protection_level: 'MAXIMUM PERFORMANCE',
        synchronization_status: standby.status === 'VALID' ? 'OK' : 'NOT AVAILABLE',
      })),
    ),
  __ALL_CORE_TABLE: coreTable,
}
