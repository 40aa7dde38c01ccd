export * from './agent/agent.ts'
export {
  type ClusterSpec,
  type Paths,
  type PrimaryCluster,
  rootServersOf,
  type ServerSpec,
  serversOf,
  type ZoneSpec,
} from './cluster.ts'
export { failureAdvice } from './failureAdvice.ts'
export * from './obproxy/obproxy.ts'
export { type ObproxyFacts, obproxyFacts, readObproxyFacts } from './obproxy/obproxyFacts.ts'
export * from './observer/emptyDirectories.ts'
export { type Layout, layoutOf, markerName } from './observer/layout.ts'
export * from './observer/notes.ts'
export * from './observer/observer.ts'
export { isAbsentTable, StillStarting } from './observer/probe.ts'
export { type Agent, agentIn, obproxyIn } from './programs.ts'
export { connectSql, type SqlOptions } from './sql/connectSql.ts'
export { generatePassword } from './sql/password.ts'
export { firstLeadingZone, normalPrimaryZone, samePrimaryZone } from './sql/primaryZone.ts'
export { type DefaultUser, defaultUsers } from './sql/privileges.ts'
export { type Freeze, isServing, type ObServer, type ObTenant, type ObZone } from './sql/rows.ts'
export {
  NothingListens,
  PassingSqlError,
  type Sql,
  SqlError,
  type SqlTarget,
  type SqlUser,
} from './sql/sql.ts'
export * from './sql/statements.ts'
export { haveTimeZones, readTimeZones, type TimeZones } from './sql/timeZones.ts'
export * from './standby.ts'
export { lineOf, type Question, type VersionLine } from './versions.ts'
