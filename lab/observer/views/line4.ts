import { type Cluster, calibrationMicros, merging, now, type Server } from '../cluster.ts'
import { leads, zoneServers } from '../leadership.ts'
import { parameterRows } from '../parameters.ts'
import { coreTable } from './coreTable.ts'
import { type View, viewOf } from './derived.ts'

/** An SCN counts nanoseconds; a cluster that never froze shows 1. */
const scn = (micros: number) => (micros === 0 ? 1n : BigInt(micros) * 1000n)
const address = (server: Server) => ({ SVR_IP: server.ip, SVR_PORT: server.rpcPort })
function status(server: Server): string {
  if (server.deletingSince > 0) return 'DELETING'
  return server.alive ? 'ACTIVE' : 'INACTIVE'
}

export const locality = (cluster: Cluster) =>
  zoneServers(cluster)
    .map((server) => `FULL{1}@${server.zone}`)
    .join(', ')

/** Views of the 4.x line, columns and spellings as in deployers §1.8, §1.11, §1.15, §1.18. */
export const line4: Record<string, (cluster: Cluster) => View> = {
  DBA_OB_SERVERS: (cluster) =>
    viewOf(
      'SVR_IP SVR_PORT ID ZONE SQL_PORT WITH_ROOTSERVER STATUS START_SERVICE_TIME STOP_TIME BLOCK_MIGRATE_IN_TIME CREATE_TIME MODIFY_TIME BUILD_VERSION LAST_OFFLINE_TIME',
      cluster.servers.map((server) => ({
        ...address(server),
        ID: server.id,
        ZONE: server.zone,
        SQL_PORT: server.sqlPort,
        WITH_ROOTSERVER: leads(cluster, server) ? 'YES' : 'NO',
        STATUS: status(server),
        START_SERVICE_TIME: { at: server.startService },
        STOP_TIME: { at: server.stopTime },
        CREATE_TIME: { at: server.created },
        MODIFY_TIME: { at: server.created },
        BUILD_VERSION: server.buildVersion,
        LAST_OFFLINE_TIME: { at: server.lastOffline },
      })),
    ),
  GV$OB_LOG_STAT: (cluster) =>
    viewOf(
      'TENANT_ID LS_ID SVR_IP SVR_PORT ROLE PROPOSAL_ID CONFIG_VERSION ACCESS_MODE PAXOS_MEMBER_LIST PAXOS_REPLICA_NUM IN_SYNC',
      zoneServers(cluster)
        .filter((server) => server.alive)
        .map((server) => ({
          TENANT_ID: 1,
          LS_ID: 1,
          ...address(server),
          ROLE: leads(cluster, server) ? 'LEADER' : 'FOLLOWER',
          PROPOSAL_ID: 1,
          ACCESS_MODE: 'APPEND',
          PAXOS_REPLICA_NUM: cluster.zones.length,
          // A server that has not begun its service replays what it missed.
          IN_SYNC: server.startService > 0 ? 'YES' : 'NO',
        })),
    ),
  DBA_OB_ZONES: (cluster) =>
    viewOf(
      'ZONE CREATE_TIME MODIFY_TIME STATUS IDC REGION TYPE',
      cluster.zones.map((zone) => ({
        ZONE: zone.name,
        CREATE_TIME: { at: zone.created },
        MODIFY_TIME: { at: zone.created },
        STATUS: zone.active ? 'ACTIVE' : 'INACTIVE',
        IDC: zone.idc,
        REGION: zone.region,
        TYPE: 'ReadWrite',
      })),
    ),
  DBA_OB_TENANTS: (cluster) =>
    viewOf(
      'TENANT_ID TENANT_NAME TENANT_TYPE CREATE_TIME MODIFY_TIME PRIMARY_ZONE LOCALITY PREVIOUS_LOCALITY COMPATIBILITY_MODE STATUS IN_RECYCLEBIN LOCKED TENANT_ROLE UNIT_NUM COMPATIBLE',
      [
        {
          TENANT_ID: 1,
          TENANT_NAME: 'sys',
          TENANT_TYPE: 'SYS',
          CREATE_TIME: { at: cluster.created },
          MODIFY_TIME: { at: cluster.created },
          PRIMARY_ZONE: cluster.primaryZone,
          LOCALITY: locality(cluster),
          COMPATIBILITY_MODE: 'MYSQL',
          STATUS: 'NORMAL',
          IN_RECYCLEBIN: 'NO',
          LOCKED: 'NO',
          TENANT_ROLE: 'PRIMARY',
          UNIT_NUM: 1,
          COMPATIBLE: cluster.version,
        },
      ],
    ),
  DBA_OB_UNITS: (cluster) =>
    viewOf(
      'UNIT_ID TENANT_ID STATUS RESOURCE_POOL_ID UNIT_GROUP_ID ZONE SVR_IP SVR_PORT UNIT_CONFIG_ID MAX_CPU MIN_CPU MEMORY_SIZE LOG_DISK_SIZE',
      zoneServers(cluster).map((server, index) => ({
        UNIT_ID: index + 1,
        TENANT_ID: 1,
        STATUS: 'ACTIVE',
        RESOURCE_POOL_ID: 1,
        UNIT_GROUP_ID: 1,
        ZONE: server.zone,
        ...address(server),
        UNIT_CONFIG_ID: 1,
        MAX_CPU: 1,
        MIN_CPU: 1,
        MEMORY_SIZE: 1073741824,
        LOG_DISK_SIZE: 2147483648,
      })),
    ),
  DBA_OB_RESOURCE_POOLS: (cluster) =>
    viewOf(
      'RESOURCE_POOL_ID NAME TENANT_ID CREATE_TIME MODIFY_TIME UNIT_COUNT UNIT_CONFIG_ID ZONE_LIST REPLICA_TYPE',
      [
        {
          RESOURCE_POOL_ID: 1,
          NAME: 'sys_pool',
          TENANT_ID: 1,
          CREATE_TIME: { at: cluster.created },
          MODIFY_TIME: { at: cluster.created },
          UNIT_COUNT: 1,
          UNIT_CONFIG_ID: 1,
          ZONE_LIST: zoneServers(cluster)
            .map((server) => server.zone)
            .join(';'),
          REPLICA_TYPE: 'FULL',
        },
      ],
    ),
  DBA_OB_UNIT_CONFIGS: (cluster) =>
    viewOf(
      'UNIT_CONFIG_ID NAME CREATE_TIME MODIFY_TIME MAX_CPU MIN_CPU MEMORY_SIZE LOG_DISK_SIZE MAX_IOPS MIN_IOPS IOPS_WEIGHT',
      [
        {
          UNIT_CONFIG_ID: 1,
          NAME: 'sys_unit_config',
          CREATE_TIME: { at: cluster.created },
          MODIFY_TIME: { at: cluster.created },
          MAX_CPU: 1,
          MIN_CPU: 1,
          MEMORY_SIZE: 1073741824,
          LOG_DISK_SIZE: 2147483648,
          MAX_IOPS: 10000,
          MIN_IOPS: 10000,
          IOPS_WEIGHT: 1,
        },
      ],
    ),
  CDB_OB_LS_LOCATIONS: (cluster) =>
    viewOf(
      'CREATE_TIME MODIFY_TIME TENANT_ID LS_ID SVR_IP SVR_PORT SQL_PORT ZONE ROLE REPLICA_TYPE',
      zoneServers(cluster).map((server) => ({
        CREATE_TIME: { at: cluster.created },
        MODIFY_TIME: { at: cluster.created },
        TENANT_ID: 1,
        LS_ID: 1,
        ...address(server),
        SQL_PORT: server.sqlPort,
        ZONE: server.zone,
        ROLE: leads(cluster, server) ? 'LEADER' : 'FOLLOWER',
        REPLICA_TYPE: 'FULL',
      })),
    ),
  GV$OB_SERVERS: (cluster) =>
    viewOf(
      'SVR_IP SVR_PORT ZONE SQL_PORT CPU_CAPACITY CPU_CAPACITY_MAX CPU_ASSIGNED CPU_ASSIGNED_MAX MEM_CAPACITY MEM_ASSIGNED LOG_DISK_CAPACITY LOG_DISK_ASSIGNED LOG_DISK_IN_USE DATA_DISK_CAPACITY DATA_DISK_IN_USE DATA_DISK_HEALTH_STATUS MEMORY_LIMIT DATA_DISK_ALLOCATED',
      cluster.servers
        .filter((server) => server.alive)
        .map((server) => ({
          ...address(server),
          ZONE: server.zone,
          SQL_PORT: server.sqlPort,
          CPU_CAPACITY: server.resources.cpu,
          CPU_CAPACITY_MAX: server.resources.cpu,
          CPU_ASSIGNED: 1,
          CPU_ASSIGNED_MAX: 1,
          MEM_CAPACITY: server.resources.memoryLimit - server.resources.systemMemory,
          MEM_ASSIGNED: 1073741824,
          LOG_DISK_CAPACITY: server.resources.logDisk,
          LOG_DISK_ASSIGNED: 2147483648,
          LOG_DISK_IN_USE: 67108864,
          DATA_DISK_CAPACITY: server.resources.dataDisk,
          DATA_DISK_IN_USE: 67108864,
          DATA_DISK_HEALTH_STATUS: 'NORMAL',
          MEMORY_LIMIT: server.resources.memoryLimit,
          DATA_DISK_ALLOCATED: server.resources.dataDisk,
        })),
    ),
  GV$OB_PARAMETERS: (cluster) =>
    viewOf(
      'SVR_IP SVR_PORT ZONE SCOPE TENANT_ID NAME DATA_TYPE VALUE INFO SECTION EDIT_LEVEL DEFAULT_VALUE ISDEFAULT',
      parameterRows(cluster).map((row) => ({
        ...address(row.server),
        ZONE: row.server.zone,
        SCOPE: 'CLUSTER',
        NAME: row.name,
        VALUE: row.value,
        INFO: '',
        SECTION: 'OBSERVER',
        EDIT_LEVEL: 'DYNAMIC_EFFECTIVE',
        ISDEFAULT: row.set ? 'NO' : 'YES',
      })),
    ),
  CDB_OB_MAJOR_COMPACTION: (cluster) => {
    const busy = merging(cluster)
    return viewOf(
      'TENANT_ID FROZEN_SCN FROZEN_TIME GLOBAL_BROADCAST_SCN LAST_SCN LAST_FINISH_TIME START_TIME STATUS IS_ERROR IS_SUSPENDED INFO',
      [
        {
          TENANT_ID: 1,
          FROZEN_SCN: scn(cluster.frozenAt),
          FROZEN_TIME: { at: cluster.frozenAt },
          GLOBAL_BROADCAST_SCN: scn(cluster.frozenAt),
          LAST_SCN:
            (busy ? cluster.previousFrozenAt : cluster.frozenAt) === 0
              ? 1
              : scn(busy ? cluster.previousFrozenAt : cluster.frozenAt),
          START_TIME: { at: cluster.frozenAt },
          STATUS: busy ? 'COMPACTING' : 'IDLE',
          IS_ERROR: 'NO',
          IS_SUSPENDED: 'NO',
          INFO: '',
        },
      ],
    )
  },
  DBA_OB_TENANT_JOBS: (cluster) =>
    viewOf(
      'JOB_ID JOB_TYPE JOB_STATUS RESULT_CODE PROGRESS START_TIME MODIFY_TIME TENANT_ID SQL_TEXT',
      cluster.tenantJobs.map((job) => ({
        JOB_ID: job.id,
        JOB_TYPE: job.type,
        JOB_STATUS: 'SUCCESS',
        RESULT_CODE: 0,
        PROGRESS: 100,
        START_TIME: { at: job.at },
        MODIFY_TIME: { at: job.at },
        TENANT_ID: 1,
        SQL_TEXT: job.sql,
      })),
    ),
  GV$OB_IO_CALIBRATION_STATUS: (cluster) =>
    viewOf(
      'SVR_IP SVR_PORT STORAGE_NAME STATUS START_TIME FINISH_TIME',
      cluster.servers.map((server) => ({
        ...address(server),
        STORAGE_NAME: 'DATA',
        ...calibration(cluster),
      })),
    ),
  __ALL_CORE_TABLE: coreTable,
}

function calibration({ ioCalibrationAt }: Cluster) {
  const running = now() < ioCalibrationAt + calibrationMicros
  if (ioCalibrationAt === 0) return { STATUS: 'NOT AVAILABLE' }
  if (running) return { STATUS: 'IN PROGRESS', START_TIME: { at: ioCalibrationAt } }
  return {
    STATUS: 'READY',
    START_TIME: { at: ioCalibrationAt },
    FINISH_TIME: { at: ioCalibrationAt + calibrationMicros },
  }
}
