import type { Cluster } from './cluster.ts'
import type { Decision } from './statements.ts'

/**
 * The time zone tables of a tenant as OceanBase has them, on a kernel that has them without
 * tenant_id and keeps no leap seconds. Sources: oceanbase tools/import_time_zone_info.py; oceanbase
 * seekdb, the same file.
 */
export function onTimeZones(cluster: Cluster, statement: string): Decision | undefined {
  const table = /\boceanbase\.__all_tenant_time_zone(_name|_transition_type|_transition)?\b/i.exec(
    statement,
  )
  if (table) {
    if (table[1] === undefined) return onLeapSeconds(cluster, statement)
    return { kind: 'rewrite', sql: withoutTenant(statement.replace('__all_tenant_', '__all_')) }
  }
  if (!/^REPLACE\s+INTO\s+oceanbase\.__all_sys_stat\b/i.test(statement)) return undefined
  const sql = statement
    .replace(/\(\s*tenant_id\s*,\s*zone\s*,\s*/i, '(')
    .replace(/\(\s*0\s*,\s*''\s*,\s*/, '(')
  return { kind: 'rewrite', sql }
}

const withoutTenant = (statement: string): string =>
  statement.replace(/\(\s*tenant_id\s*,\s*/i, '(').replaceAll(/\(\s*0\s*,\s*/g, '(')

/** The table that the kernel has not: how many rows it has is all that anybody asks. */
function onLeapSeconds(cluster: Cluster, statement: string): Decision | undefined {
  if (/^SELECT\s+COUNT\(\*\)/i.test(statement))
    return { kind: 'rewrite', sql: `SELECT ${cluster.leapSecondRows ?? 0} AS n` }
  if (/^DELETE\b/i.test(statement)) cluster.leapSecondRows = 0
  else if (/^REPLACE\b/i.test(statement))
    cluster.leapSecondRows = (cluster.leapSecondRows ?? 0) + statement.split(/\)\s*,\s*\(/).length
  else return undefined
  return { kind: 'ok' }
}
