import type { Cluster, Server } from './cluster.ts'
import type { Line } from './versionLine.ts'

/**
 * Parameters the lab knows: the ones that peers give at start or set after (deployers §1.6), with a
 * default each.
 */
const known: Record<string, string> = {
  cluster: 'obcluster',
  cluster_id: '1',
  zone: '',
  devname: 'bond0',
  local_ip: '',
  mysql_port: '2881',
  rpc_port: '2882',
  data_dir: 'store',
  rootservice_list: '',
  obconfig_url: '',
  all_server_list: '',
  memory_limit: '0M',
  memory_limit_percentage: '80',
  system_memory: '30G',
  cpu_count: '0',
  datafile_size: '0M',
  datafile_disk_percentage: '90',
  datafile_next: '0',
  datafile_maxsize: '0',
  config_additional_dir: 'etc2;etc3',
  __min_full_resource_pool_memory: '5368709120',
  syslog_level: 'INFO',
  enable_syslog_recycle: 'False',
  enable_syslog_wf: 'True',
  max_syslog_file_count: '0',
  syslog_io_bandwidth_limit: '30MB',
  enable_rich_error_msg: 'False',
  enable_rebalance: 'True',
  enable_rereplication: 'True',
  enable_major_freeze: 'True',
  enable_merge_by_turn: 'False',
  enable_perf_event: 'True',
  enable_sql_audit: 'True',
  enable_separate_sys_clog: 'False',
  enable_upgrade_mode: 'False',
  major_freeze_duty_time: '02:00',
  merger_check_interval: '10m',
  minor_freeze_times: '100',
  freeze_trigger_percentage: '70',
  sys_bkgd_net_percentage: '60',
  trace_log_slow_query_watermark: '1s',
  clog_sync_time_warn_threshold: '100ms',
  server_permanent_offline_time: '3600s',
  server_balance_cpu_mem_tolerance_percent: '5',
  weak_read_version_refresh_interval: '50ms',
  stack_size: '1M',
  net_thread_count: '0',
  backup_dest: '',
  large_query_threshold: '5s',
  schema_history_expire_time: '7d',
  sys_cpu_limit_trigger: '80',
  redundancy_level: 'NORMAL',
}

/** Only the 4.x line has these (deployers §1.20). */
const known4: Record<string, string> = {
  production_mode: 'True',
  sys_tenant_memory: '0M',
  default_compress: 'archive',
  arbitration_timeout: '5s',
  ob_startup_mode: 'NORMAL',
}

/** K3.1 share/parameter/ob_parameter_seed.ipp:770 has these too; 2.2 is not public. */
const known3: Record<string, string> = { log_disk_size: '0M', log_disk_percentage: '0' }

export const parametersOf = (line: Line): Record<string, string> => ({
  ...known,
  ...(line !== '2.2' && known3),
  ...(line === '4.x' && known4),
})

export const isKnown = (name: string, line: Line): boolean =>
  name.toLowerCase() in parametersOf(line)

export const belongsTo4 = (name: string): boolean => name in known4

/** Bytes of `5G`, `512M`, `1048576`; undefined when it is not a size. A bare number is bytes. */
export function bytesOf(text: string): number | undefined {
  const found = /^(\d+(?:\.\d+)?)([kmgt]?)b?$/i.exec(text.trim())
  if (!found) return undefined
  const power = ['', 'k', 'm', 'g', 't'].indexOf((found[2] ?? '').toLowerCase())
  return Math.round(Number(found[1]) * 1024 ** power)
}

export type ParameterRow = { server: Server; name: string; value: string; set: boolean }

/** Every known parameter of every server, as the parameter views list them. */
export function parameterRows(cluster: Cluster): ParameterRow[] {
  const line: Line = Number(cluster.version.split('.')[0]) >= 4 ? '4.x' : '3.x'
  return cluster.servers.flatMap((server) => {
    const own: Record<string, string> = {
      zone: server.zone,
      mysql_port: String(server.sqlPort),
      rpc_port: String(server.rpcPort),
      local_ip: server.ip,
    }
    return Object.entries({ ...parametersOf(line), ...cluster.parameters, ...own }).map(
      ([name, value]) => ({
        server,
        name,
        value,
        set: name in cluster.parameters || name in own,
      }),
    )
  })
}
