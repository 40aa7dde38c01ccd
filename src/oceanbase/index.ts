export * from './agent.ts'
export {
  type ClusterSpec,
  type Paths,
  type PrimaryCluster,
  rootServersOf,
  type ServerSpec,
  serversOf,
  type ZoneSpec,
} from './cluster.ts'
export { connectSql, type SqlOptions } from './connectSql.ts'
export * from './emptyDirectories.ts'
export { failureAdvice } from './failureAdvice.ts'
export { type Layout, layoutOf, markerName } from './layout.ts'
export * from './notes.ts'
export * from './obproxy.ts'
export { type ObproxyFacts, obproxyFacts, readObproxyFacts } from './obproxyFacts.ts'
export * from './observer.ts'
export { generatePassword } from './password.ts'
export { type DefaultUser, defaultUsers } from './privileges.ts'
export { type Freeze, isServing, type ObServer, type ObTenant, type ObZone } from './rows.ts'
export { NothingListens, type Sql, SqlError, type SqlTarget, type SqlUser } from './sql.ts'
export * from './standby.ts'
export * from './statements.ts'
export { lineOf, type Question, type VersionLine } from './versions.ts'
