import { z } from 'zod'
import { sql } from '../../quote.ts'
import {
  bigInteger,
  flag,
  integer,
  secondsOrNull,
  tenantMode,
  text,
  textOrNull,
} from '../sql/rows.ts'
import type { Sql } from '../sql/sql.ts'
import type { VersionLine } from '../versions.ts'
import { parameters4 } from './parameterNames.ts'
import { baselineSchema } from './probe.ts'
import { rules421 } from './resourceRules.ts'

const serverRow = z
  .object({
    svr_ip: text,
    svr_port: integer,
    sql_port: integer,
    zone: text,
    status: text,
    with_rootserver: flag,
    start_service_time: secondsOrNull,
    stop_time: secondsOrNull,
    build_version: textOrNull,
  })
  .transform((row) => ({
    ip: row.svr_ip,
    port: row.svr_port,
    sqlPort: row.sql_port,
    zone: row.zone,
    status: row.status.toUpperCase(),
    startServiceTime: row.start_service_time,
    stopTime: row.stop_time,
    withRootserver: row.with_rootserver,
    version: row.build_version,
  }))

const zoneRow = z
  .object({ zone: text, status: text, region: textOrNull, idc: textOrNull })
  .transform(({ zone, status, region, idc }) => ({
    name: zone,
    status: status.toUpperCase(),
    region,
    idc,
  }))

const tenantRow = z
  .object({
    tenant_id: integer,
    tenant_name: text,
    tenant_type: text,
    compatibility_mode: tenantMode,
    primary_zone: textOrNull,
    locality: textOrNull,
    status: textOrNull,
  })
  .transform((row) => ({
    id: row.tenant_id,
    name: row.tenant_name,
    type: row.tenant_type.toUpperCase(),
    mode: row.compatibility_mode,
    primaryZone: row.primary_zone,
    locality: row.locality,
    status: row.status.toUpperCase(),
  }))

const freezeRow = z
  .object({ frozen_scn: bigInteger, last_scn: bigInteger, status: text })
  .transform((row) => ({
    frozen: row.frozen_scn,
    merged: row.last_scn,
    idle: row.status.toUpperCase() === 'IDLE',
  }))

const tenants = async (session: Sql) => {
  const rows = await session.rows(
    sql`SELECT TENANT_ID, TENANT_NAME, TENANT_TYPE, COMPATIBILITY_MODE, PRIMARY_ZONE, LOCALITY, STATUS FROM oceanbase.DBA_OB_TENANTS`,
    tenantRow,
  )
  // A META tenant is the shadow of a user tenant, not something a user made.
  return rows.filter(({ type }) => type !== 'META').map(({ type: _, ...tenant }) => tenant)
}

/**
 * OceanBase 4.2 and later 4.x. Sources: oceanbase-doc V4 (manual deployment, DBA_OB_* views);
 * obdeploy plugins/oceanbase/4.*.
 */
export const line4: VersionLine = {
  name: '4.2–4.x',
  // slog must share the data disk up to 4.2.1.4 and may do so afterwards.
  dataDirectories: ['etc3', 'sort_dir', 'sstable', 'slog'],
  redoDirectories: ['clog', 'etc2'],
  configCopies: { data: 'etc3', redo: 'etc2' },
  addressFlag: 'ip',
  regionOfTwo: false,
  defaultPrimaryZone: 'RANDOM',
  // Nothing: the observer's own choice goes with the host (K4.2.5
  // share/config/ob_server_config.cpp).
  defaultParameters: [],
  parameterNames: parameters4,
  resources: rules421,
  maxClockSpreadMs: 500,
  standbyCluster: false,
  ioCalibration: 'job',
  bootstrapped: baselineSchema,
  servers: (session) =>
    session.rows(
      sql`SELECT SVR_IP, SVR_PORT, SQL_PORT, ZONE, STATUS, WITH_ROOTSERVER, UNIX_TIMESTAMP(START_SERVICE_TIME) AS START_SERVICE_TIME, UNIX_TIMESTAMP(STOP_TIME) AS STOP_TIME, BUILD_VERSION FROM oceanbase.DBA_OB_SERVERS`,
      serverRow,
    ),
  zones: (session) =>
    session.rows(sql`SELECT ZONE, STATUS, REGION, IDC FROM oceanbase.DBA_OB_ZONES`, zoneRow),
  tenants,
  // Source: oceanbase-doc V4, GV$OB_LOG_STAT; obshell asks the same before it stops a server.
  lagging: async (session) => {
    const rows = await session.rows(
      sql`SELECT DISTINCT SVR_IP FROM oceanbase.GV$OB_LOG_STAT WHERE IN_SYNC = 'NO'`,
      z.object({ svr_ip: text }),
    )
    return rows.map((row) => row.svr_ip)
  },
  sysPrimaryZone: async (session) =>
    (await tenants(session)).find((tenant) => tenant.id === 1)?.primaryZone ?? '',
  freeze: async (session) => {
    const [row] = await session.rows(
      sql`SELECT FROZEN_SCN, LAST_SCN, STATUS FROM oceanbase.CDB_OB_MAJOR_COMPACTION WHERE TENANT_ID = 1`,
      freezeRow,
    )
    return row ?? { frozen: 0n, merged: 0n, idle: true }
  },
  majorFreeze: sql`ALTER SYSTEM MAJOR FREEZE TENANT = sys`,
}
