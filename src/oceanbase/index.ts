export * from './agent/agent.ts'
export * as agent from './agent/agent.ts'
export { diskBudget, memoryBudget } from './checks/budget.ts'
export {
  areDoubtful,
  askersOf,
  type Clock,
  endListener,
  type Finding,
  gatherScript,
  type HostFacts,
  type HostFinding,
  judge,
  listenScript,
  neededCommands,
  ownObservers,
  parseFacts,
  peersOf,
  reachScript,
  readListener,
  readReached,
  type Situation,
  sentence,
  truest,
  type Way,
  type Wish,
} from './checks/index.ts'
export { gibibytes } from './checks/size.ts'
export {
  type ClusterSpec,
  type Paths,
  type PrimaryCluster,
  rootServersOf,
  type ServerSpec,
  serversOf,
  type ZoneSpec,
} from './cluster.ts'
export { clusterDefaults } from './defaults.ts'
export { failureAdvice } from './failureAdvice.ts'
export * from './obproxy/obproxy.ts'
export { portsOf } from './obproxy/obproxy.ts'
export {
  askExporter,
  clientsOf,
  type ObproxyFacts,
  obproxyFacts,
  readObproxyFacts,
  whichMissing,
} from './obproxy/obproxyFacts.ts'
export { makeDirectories, removeDirectories } from './observer/directories.ts'
export * from './observer/emptyDirectories.ts'
export { benchFolder, benchScript, readBench } from './observer/ioBench.ts'
export {
  type IoPoint,
  readIoResource,
  standard,
  standardReads,
  writeIoResource,
} from './observer/ioResource.ts'
export { type Layout, layoutOf, markerName } from './observer/layout.ts'
export * from './observer/notes.ts'
export * from './observer/observer.ts'
export { startFlags, startupParametersOf } from './observer/observer.ts'
export { isAbsentTable, StillStarting } from './observer/probe.ts'
export { needsOfHost, type PackageSet, roleOf, setOf } from './packages.ts'
export { type Agent, agentIn, isProgram, obproxyIn, observerIn } from './programs.ts'
export { connectSql, type SqlOptions } from './sql/connectSql.ts'
export { generatePassword } from './sql/password.ts'
export { firstLeadingZone, normalPrimaryZone, samePrimaryZone } from './sql/primaryZone.ts'
export { type DefaultUser, defaultUsers } from './sql/privileges.ts'
export { type Freeze, isServing, type ObServer, type ObTenant, type ObZone } from './sql/rows.ts'
export {
  haveSpatialReferences,
  readSpatialReferences,
  type SpatialReferences,
} from './sql/spatialReferences.ts'
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
export {
  lineOf,
  needsRegionOfTwo,
  objectionToStandby,
  objectionToVersion,
  type Question,
  type VersionLine,
} from './versions.ts'
