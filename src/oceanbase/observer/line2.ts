import { z } from 'zod'
import { sql } from '../../quote.ts'
import {
  bigInteger,
  flag,
  integer,
  microseconds,
  tenantMode,
  text,
  textOrNull,
} from '../sql/rows.ts'
import type { Sql } from '../sql/sql.ts'
import type { VersionLine } from '../versions.ts'
import { parameters2 } from './parameterNames.ts'
import { baselineSchema } from './probe.ts'
import { rules2 } from './resourceRules.ts'

const serverRow = z
  .object({
    svr_ip: text,
    svr_port: integer,
    inner_port: integer,
    zone: text,
    status: text,
    with_rootserver: flag,
    start_service_time: microseconds,
    stop_time: microseconds,
    build_version: textOrNull,
  })
  .transform((row) => ({
    ip: row.svr_ip,
    port: row.svr_port,
    sqlPort: row.inner_port,
    zone: row.zone,
    status: row.status.toUpperCase(),
    startServiceTime: row.start_service_time,
    stopTime: row.stop_time,
    withRootserver: row.with_rootserver,
    version: row.build_version,
  }))

const tenantRow = z
  .object({
    tenant_id: integer,
    tenant_name: text,
    compatibility_mode: tenantMode,
    primary_zone: textOrNull,
    locality: textOrNull,
    status: textOrNull,
  })
  .transform((row) => ({
    id: row.tenant_id,
    name: row.tenant_name,
    mode: row.compatibility_mode,
    primaryZone: row.primary_zone,
    locality: row.locality,
    status: row.status.toUpperCase().replace(/^TENANT_STATUS_/, ''),
  }))

const zoneFact = z.object({ zone: textOrNull, name: text, value: bigInteger, info: textOrNull })

/**
 * `__all_zone` holds one fact a row; facts of the whole cluster stand under the empty zone name.
 */
const zoneFacts = async (session: Sql) => {
  const rows = await session.rows(
    sql`SELECT zone, name, value, info FROM oceanbase.__all_zone`,
    zoneFact,
  )
  const named = [...new Set(rows.map((row) => row.zone))].filter((zone) => zone !== '')
  return {
    named,
    find: (zone: string, name: string) =>
      rows.find((row) => row.zone === zone && row.name === name),
  }
}

const tenants = (session: Sql) =>
  session.rows(
    sql`SELECT tenant_id, tenant_name, compatibility_mode, primary_zone, locality, status FROM oceanbase.__all_tenant`,
    tenantRow,
  )

/**
 * OceanBase 2.2 and 3.x. Sources: oceanbase-doc V3.1 (manual deployment, `__all_*` tables);
 * obdeploy plugins/oceanbase/3.1.0.
 */
export const line2: VersionLine = {
  name: '2.2–3.x',
  dataDirectories: ['etc3', 'sort_dir', 'sstable'],
  redoDirectories: ['clog', 'ilog', 'slog', 'oob_clog', 'etc2'],
  configCopies: { data: 'etc3', redo: 'etc2' },
  addressFlag: 'device',
  regionOfTwo: true,
  defaultPrimaryZone: 'FIRST_ZONE',
  // OCP's own sample of a created cluster sets just this one: the kernel's 30G fit few hosts.
  defaultParameters: [{ name: 'system_memory', value: '5G' }],
  parameterNames: parameters2,
  resources: rules2,
  maxClockSpreadMs: 200,
  standbyCluster: true,
  ioCalibration: 'io_resource.conf',
  bootstrapped: baselineSchema,
  servers: (session) =>
    session.rows(
      sql`SELECT svr_ip, svr_port, inner_port, zone, status, with_rootserver, start_service_time, stop_time, build_version FROM oceanbase.__all_server`,
      serverRow,
    ),
  zones: async (session) => {
    const { named, find } = await zoneFacts(session)
    return named.map((name) => ({
      name,
      status: (find(name, 'status')?.info ?? '').toUpperCase(),
      region: find(name, 'region')?.info ?? '',
      idc: find(name, 'idc')?.info ?? '',
    }))
  },
  tenants,
  // Source: obdeploy plugins/oceanbase/3.1.0, which asks the same between two zones.
  lagging: async (session) => {
    const rows = await session.rows(
      sql`SELECT DISTINCT svr_ip FROM oceanbase.__all_virtual_clog_stat WHERE is_in_sync = 0 AND is_offline = 0`,
      z.object({ svr_ip: text }),
    )
    return rows.map((row) => row.svr_ip)
  },
  sysPrimaryZone: async (session) =>
    (await tenants(session)).find((tenant) => tenant.id === 1)?.primaryZone ?? '',
  freeze: async (session) => {
    const { named, find } = await zoneFacts(session)
    const merged = named.map((zone) => find(zone, 'last_merged_version')?.value ?? 0n)
    return {
      frozen: find('', 'frozen_version')?.value ?? 0n,
      merged: merged.sort((one, other) => Number(one - other))[0] ?? 0n,
      idle: named.every(
        (zone) => (find(zone, 'merge_status')?.info ?? 'IDLE').toUpperCase() === 'IDLE',
      ),
    }
  },
  majorFreeze: sql`ALTER SYSTEM MAJOR FREEZE`,
}
