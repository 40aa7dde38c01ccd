import { adminStatements } from './adminStatements.ts'
import { saveCluster } from './cluster.ts'
import type { Observer } from './observer.ts'
import { normalised, rewriteViews } from './rewrite.ts'
import { refusal } from './sqlErrors.ts'
import { refuseWrite } from './standby.ts'
import { onTimeZones } from './timeZones.ts'
import { noteUsers } from './users.ts'
import { derivedTable } from './views/derived.ts'
import { line3 } from './views/line3.ts'
import { line4 } from './views/line4.ts'

/**
 * What becomes of a statement: the kernel's as it is, the kernel's with another text, or answered
 * here (errors are thrown as Refusal).
 */
export type Decision = { kind: 'pass' } | { kind: 'rewrite'; sql: string } | { kind: 'ok' }

const pass: Decision = { kind: 'pass' }

/** A cheap look that keeps ordinary statements away from the tokeniser. */
const suspicious = /__all_|_ob_|v\$ob_|\balter\b|\buser\b|\bparameters\b|\bversion\b/i

/**
 * Decides on the leader about one statement of a session that the kernel let in. Throws Refusal.
 */
export async function decide(self: Observer, user: string, sql: string): Promise<Decision> {
  const { cluster } = self
  if (!cluster) return pass
  refuseWrite(cluster, sql)
  if (!suspicious.test(sql)) return pass
  const statement = normalised(sql)
  const onZones = user === 'root' ? onTimeZones(cluster, statement) : undefined
  if (onZones) return onZones
  if (user === 'root' && noteUsers(self, statement)) saveCluster(self.dataDir, cluster)
  if (/^ALTER (SYSTEM|TENANT)\b/i.test(statement.replace(/\s+/g, ' '))) {
    if (user !== 'root')
      throw refusal(
        'privilege',
        'Access denied; you need (at least one of) the ALTER SYSTEM privilege(s) for this operation',
      )
    return (await alter(self, statement)) ?? pass
  }
  const version =
    /^SELECT\s+(version\s*\(\s*\)|@@version|@@version_comment)(\s+AS\s+\w+)?(\s+LIMIT\s+1)?$/i.exec(
      statement,
    )
  if (version) return rewriteVersion(self, version[1] ?? '', version[2] ?? '')
  const shown =
    /^SHOW\s+PARAMETERS\b\s*(?:LIKE\s+('(?:[^']|'')*'|"[^"]*"))?\s*((?:WHERE|LIMIT)\b[\s\S]*)?$/i.exec(
      statement,
    )
  if (shown) return { kind: 'rewrite', sql: showParameters(self, shown[1], shown[2] ?? '') }
  if (!/^(\(|SELECT|WITH|EXPLAIN)\b|^\(/i.test(statement)) return pass
  const { sql: rewritten, changed } = rewriteViews(sql, (name) => emulated(self, name))
  return changed ? { kind: 'rewrite', sql: rewritten } : pass
}

/** The derived table of a view of this version line; the other line's views do not exist. */
function emulated(self: Observer, name: string): string | undefined {
  const [own, other] = self.version.line === '4.x' ? [line4, line3] : [line3, line4]
  const view = own[name]
  if (view && self.cluster) return derivedTable(view(self.cluster))
  if (other[name])
    throw refusal('noSuchTable', `Table 'oceanbase.${name.toLowerCase()}' doesn't exist`)
  return undefined
}

async function alter(self: Observer, statement: string): Promise<Decision | undefined> {
  for (const { pattern, run } of adminStatements) {
    const found = pattern.exec(statement)
    if (found) return await run(self, found)
  }
  return undefined
}

function rewriteVersion({ version }: Observer, what: string, alias: string): Decision {
  const value = /comment/i.test(what)
    ? `OceanBase ${version.full} (lab) (Built Jan  1 2026 00:00:00)`
    : version.mysqlVersion
  return { kind: 'rewrite', sql: `SELECT '${value}'${alias || ` AS \`${what.toLowerCase()}\``}` }
}

function showParameters(self: Observer, like: string | undefined, rest: string): string {
  const name = self.version.line === '4.x' ? 'GV$OB_PARAMETERS' : '__ALL_VIRTUAL_SYS_PARAMETER_STAT'
  const source = emulated(self, name) ?? ''
  const columns =
    self.version.line === '4.x'
      ? "ZONE AS zone, 'observer' AS svr_type, SVR_IP AS svr_ip, SVR_PORT AS svr_port, NAME AS name, DATA_TYPE AS data_type, VALUE AS value, INFO AS info, SECTION AS section, SCOPE AS scope, 'DEFAULT' AS source, EDIT_LEVEL AS edit_level"
      : '*'
  return `SELECT * FROM (SELECT ${columns} FROM ${source} AS p${like ? ` WHERE name LIKE ${like}` : ''}) AS q ${rest}`
}
